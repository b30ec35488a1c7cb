/** The files that WAS reports are downloaded as. Their content is small and synthetic; their outer form is real. */
import { crc32 } from 'node:zlib';
import { isoSeconds } from './clock.js';
import { cdata, type Element, el, escapeXml, renderElement } from './envelopes/xml.js';
import type { FindingView } from './finding-view.js';
import type { Report } from './model.js';
import type { World } from './world.js';

export interface ReportFile {
  readonly extension: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

function title(world: World, { spec }: FindingView): string {
  return world.store.vulnerabilities.get(spec.qid)?.title ?? `QID ${spec.qid}`;
}

function rows(world: World, report: Report): readonly FindingView[] {
  const scanned = report.scanIds.flatMap((id) => world.store.scans.get(id)?.webAppId ?? []);
  const webAppIds = new Set([...report.webAppIds, ...scanned]);
  const views = [...world.store.findings({ webAppIds })];
  return views.filter(({ sightings }) => {
    return report.scanIds.length === 0 || sightings.some(({ scanId }) => report.scanIds.includes(scanId));
  });
}

const ELEMENTS = {
  VULNERABILITY: 'VULNERABILITY',
  SENSITIVE_CONTENT: 'SENSITIVE_CONTENT',
  INFORMATION_GATHERED: 'INFORMATION_GATHERED',
} as const;

function xml(world: World, report: Report): string {
  const of = (kind: keyof typeof ELEMENTS): readonly Element[] =>
    rows(world, report)
      .filter(({ spec }) => spec.kind === kind)
      .map(({ spec }) =>
        el(ELEMENTS[kind], [
          el('UNIQUE_ID', spec.uniqueId),
          el('ID', spec.id),
          el('QID', spec.qid),
          spec.url === undefined ? undefined : el('URL', cdata(spec.url)),
        ]),
      );
  const header = el('HEADER', [
    el('NAME', cdata(report.name)),
    el('GENERATION_DATETIME', isoSeconds(world.clock.now())),
  ]);
  const root = el(report.type === 'WAS_SCAN_REPORT' ? 'WAS_SCAN_REPORT' : 'WAS_WEBAPP_REPORT', [
    header,
    el('RESULTS', [
      el('VULNERABILITY_LIST', of('VULNERABILITY')),
      el('SENSITIVE_CONTENT_LIST', of('SENSITIVE_CONTENT')),
      el('INFORMATION_GATHERED_LIST', of('INFORMATION_GATHERED')),
    ]),
  ]);
  return `<?xml version="1.0" encoding="UTF-8" ?>\n${renderElement(root)}`;
}

const field = (value: string): string => `"${value.replaceAll('"', '""')}"`;

function csv(world: World, report: Report): string {
  const lines = rows(world, report).map((view) => {
    const { spec, severity, status = '' } = view;
    return [spec.kind, String(spec.id), String(spec.qid), severity, title(world, view), spec.url ?? '', status]
      .map(field)
      .join(',');
  });
  return [['Type', 'ID', 'QID', 'Severity', 'Title', 'URL', 'Status'].map(field).join(','), ...lines, ''].join('\n');
}

function html(world: World, report: Report): string {
  const items = rows(world, report).map(
    (view) => `<li>${escapeXml(view.severity)} ${escapeXml(title(world, view))}</li>`,
  );
  const name = escapeXml(report.name);
  return `<!DOCTYPE html>\n<html><head><title>${name}</title></head><body><ul>\n${items.join('\n')}\n</ul></body></html>\n`;
}

function pdf(report: Report): string {
  const text = `BT /F1 12 Tf 72 720 Td (Simulated report ${report.id}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = body.length;
    body += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}`;
  return `${body}${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
}

/** A zip archive with one stored file. */
function zip(name: string, content: string): Uint8Array {
  const [file, title] = [Buffer.from(content, 'utf8'), Buffer.from(name, 'utf8')];
  const sizes = Buffer.alloc(12);
  sizes.writeUInt32LE(crc32(file), 0);
  sizes.writeUInt32LE(file.length, 4);
  sizes.writeUInt32LE(file.length, 8);
  const names = Buffer.alloc(4);
  names.writeUInt16LE(title.length, 0);
  const version = Buffer.from([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x5a]);
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), version, sizes, names, title, file]);
  const central = Buffer.concat([
    Buffer.from('PK\u0001\u0002', 'latin1'),
    Buffer.from([20, 0]),
    version,
    sizes,
    names,
    Buffer.alloc(14),
    title,
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

type Maker = (world: World, report: Report) => ReportFile;

function made(extension: string, type: string, make: (world: World, report: Report) => string | Uint8Array): Maker {
  return (world, report) => {
    const content = make(world, report);
    return { extension, type, bytes: typeof content === 'string' ? Buffer.from(content, 'utf8') : content };
  };
}

/** Formats that can be made; the platform has more, and those are refused here. */
export const REPORT_FORMATS: Readonly<Record<string, Maker>> = {
  PDF: made('pdf', 'application/pdf', (_, report) => pdf(report)),
  XML: made('xml', 'text/xml', xml),
  CSV: made('csv', 'text/csv', csv),
  CSV_V2: made('csv', 'text/csv', csv),
  HTML_ZIPPED: made('zip', 'application/zip', (world, report) => zip('report.html', html(world, report))),
  HTML_BASE64: made('html', 'text/html', html),
};
