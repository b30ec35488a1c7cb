import { TextDecoder } from 'node:util';
import { ScangateError } from '../../errors.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanStatement } from '../../model/scan.js';
import { burp } from './burp/index.js';
import { checkov } from './checkov/index.js';
import { cyclonedx } from './cyclonedx/index.js';
import { gitlab } from './gitlab/index.js';
import { grype } from './grype/index.js';
import { HEAD_BYTES, type ReportHead, readHead } from './head.js';
import { lynis } from './lynis/index.js';
import { nessus } from './nessus/index.js';
import { qscanner } from './qscanner/index.js';
import { qualysAssetData } from './qualys-asset-data/index.js';
import { qualysContainer } from './qualys-container/index.js';
import { qualysHostDetection } from './qualys-host-detection/index.js';
import { qualysIac } from './qualys-iac/index.js';
import { qualysScan } from './qualys-scan/index.js';
import { qualysVmJson } from './qualys-vm-json/index.js';
import { qualysWas } from './qualys-was/index.js';
import { qualysWasReport } from './qualys-was-report/index.js';
import type { ReportInput, ReportReader } from './reader.js';
import { sarif } from './sarif/index.js';
import { trivy } from './trivy/index.js';
import { wapiti } from './wapiti/index.js';
import { xccdf } from './xccdf/index.js';
import { zap } from './zap/index.js';

/** Every reader, by the word a user types. A test compares this list with the folders beside this file. */
export const READERS: readonly ReportReader[] = [
  burp,
  checkov,
  cyclonedx,
  gitlab,
  grype,
  lynis,
  nessus,
  qscanner,
  qualysAssetData,
  qualysContainer,
  qualysHostDetection,
  qualysIac,
  qualysScan,
  qualysVmJson,
  qualysWas,
  qualysWasReport,
  sarif,
  trivy,
  wapiti,
  xccdf,
  zap,
];

export const readerOf = (format: string): ReportReader | undefined =>
  READERS.find((reader) => reader.format === format);

/** The one reader that knows this head. Throws `SCANGATE_REPORT_FOREIGN` or `_AMBIGUOUS`. */
export function recogniseReport(head: ReportHead): ReportReader {
  const known = READERS.filter((reader) => reader.recognise(head));
  const [reader] = known;
  if (known.length > 1) {
    const names = known.map(({ format }) => format).join(', ');
    throw new ScangateError('SCANGATE_REPORT_AMBIGUOUS', `the content fits several formats: ${names}`);
  }
  if (reader) return reader;
  const seen =
    head.syntax === 'xml'
      ? `XML with the root <${head.root?.name ?? '?'}>`
      : head.syntax === 'json'
        ? 'JSON of another kind'
        : 'text of another kind';
  throw new ScangateError('SCANGATE_REPORT_FOREIGN', `the content is ${seen}, not a report format that is known here`, {
    mend: `name the format as format=path (known: ${READERS.map(({ format }) => format).join(', ')})`,
  });
}

/** Takes the head of a stream without losing it: the chunks returned start at the first byte again. */
export async function peekHead(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ head: ReportHead; chunks: AsyncGenerator<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const { value, done } = await iterator.next();
    if (done) break;
    taken.push(value);
    length += value.byteLength;
  }
  const all = taken.length === 1 ? (taken[0] as Uint8Array) : Buffer.concat(taken);
  const head = readHead(all.subarray(0, HEAD_BYTES));
  return { head, chunks: toUtf8(head, rejoin(all, iterator)) };
}

/** Reads a report whose format is known, as a program wrote it. Fails as its reader does. */
export async function* readReportAs(
  format: string,
  report: AsyncIterable<Uint8Array>,
  options: { severitySource?: ReportInput['severitySource'] } = {},
): AsyncGenerator<RawFinding[], ScanStatement, undefined> {
  const reader = readerOf(format);
  if (reader === undefined) throw new Error(`nobody reads ${format}`);
  const { head, chunks } = await peekHead(report);
  return yield* reader.read({ head, chunks, ...options });
}

async function* rejoin(taken: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield taken;
  for (;;) {
    const { value, done } = await iterator.next();
    if (done) return;
    yield value;
  }
}

/** Shells such as PowerShell write UTF-16 with a byte order mark; UTF-8 with one is common too. JSON readers get plain UTF-8. */
async function* toUtf8(head: ReportHead, chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | undefined;
  let first = true;
  for await (const chunk of chunks) {
    if (first && head.syntax !== 'xml') {
      const [a, b, c] = chunk;
      const utf16 = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : undefined;
      if (utf16) decoder = new TextDecoder(utf16, { fatal: true });
      first = false;
      if (a === 0xef && b === 0xbb && c === 0xbf) {
        yield chunk.subarray(3);
        continue;
      }
    }
    yield decoder ? Buffer.from(decode(decoder, chunk)) : chunk;
  }
  if (decoder) yield Buffer.from(decode(decoder, undefined));
}

function decode(decoder: TextDecoder, chunk: Uint8Array | undefined): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch (cause) {
    throw new ScangateError('SCANGATE_REPORT_ENCODING', `the report is not valid ${decoder.encoding}`, { cause });
  }
}
