import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { boot, type Driver } from './support/boot.js';
import { parseXml, textOf } from './support/xml.js';

const WAS = '/qps/rest/3.0';

async function create(driver: Driver, format: string): Promise<number> {
  const config = { scanReport: { target: { scans: { WasScan: [{ id: 1001002 }] } } } };
  const Report = { name: 'test report', type: 'WAS_SCAN_REPORT', format, config };
  const answer = await driver.json(`${WAS}/create/was/report`, { data: { Report } });
  return Number(answer.data?.[0]?.Report?.id);
}

describe('reports', () => {
  test.each([
    ['PDF', 'application/pdf', 'pdf', '%PDF-1.4'],
    ['XML', 'text/xml', 'xml', '<?xml'],
    ['CSV', 'text/csv', 'csv', '"Type","ID","QID"'],
    ['CSV_V2', 'text/csv', 'csv', '"Type","ID","QID"'],
    ['HTML_ZIPPED', 'application/zip', 'zip', 'PK'],
    ['HTML_BASE64', 'text/html', 'html', '<!DOCTYPE html>'],
  ])('%s: created, awaited, downloaded, deleted', async (format, type, extension, begin) => {
    const driver = await boot();
    const id = await create(driver, format);
    const status = async () => (await driver.json(`${WAS}/status/was/report/${id}`)).data?.[0]?.Report?.status;
    expect(await status()).toBe('RUNNING');
    const early = parseXml((await driver.ask(`${WAS}/download/was/report/${id}`)).text);
    expect(textOf(early.root, 'responseErrorDetails', 'errorMessage')).toContain('not yet complete');
    driver.advance(45);
    expect(await status()).toBe('COMPLETE');
    const file = await driver.ask(`${WAS}/download/was/report/${id}`);
    expect(file.headers.get('content-type')).toBe(type);
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename=report_${id}.${extension}`);
    expect(file.text.startsWith(begin)).toBe(true);
    expect((await driver.json(`${WAS}/get/was/report/${id}`)).data?.[0]?.Report?.format).toBe(format);
    expect((await driver.json(`${WAS}/search/was/report`, {})).count).toBe(1);
    expect((await driver.json(`${WAS}/count/was/report`)).count).toBe(1);
    expect((await driver.json(`${WAS}/delete/was/report/${id}`, {})).count).toBe(1);
    expect((await driver.json(`${WAS}/status/was/report/${id}`)).responseCode).toBe('NOT_FOUND');
  });

  test('of an application hold all its findings', async () => {
    const driver = await boot();
    const config = { webAppReport: { target: { webapps: { WebApp: { id: 1001 } } } } };
    const Report = { name: 'r', type: 'WAS_WEBAPP_REPORT', format: 'XML', config };
    const created = await driver.json(`${WAS}/create/was/report`, { data: { Report } });
    driver.advance(60);
    const file = await driver.ask(`${WAS}/download/was/report/${created.data?.[0]?.Report?.id}`);
    const { root } = parseXml(file.text);
    expect(root.name).toBe('WAS_WEBAPP_REPORT');
    expect(file.text.match(/<UNIQUE_ID>/g)).toHaveLength(33);
  });

  test.each([
    [{}],
    [{ name: 'r' }],
    [{ name: 'r', type: 'WAS_SCAN_REPORT' }],
    [{ name: 'r', type: 'WAS_SCAN_REPORT', format: 'WORD' }],
    [{ name: 'r', type: 'WAS_SCAN_REPORT', format: 'PDF' }],
    [{ name: 'r', type: 'WAS_WEBAPP_REPORT', format: 'PDF' }],
    [
      {
        name: 'r',
        type: 'WAS_SCAN_REPORT',
        format: 'PDF',
        config: { scanReport: { target: { scans: { WasScan: { id: 1 } } } } },
      },
    ],
  ])('are not created from %j', async (Report) => {
    const driver = await boot();
    expect((await driver.json(`${WAS}/create/was/report`, { data: { Report } })).responseCode).toBe('INVALID_REQUEST');
  });

  test('in a zip have a sound archive', async () => {
    const driver = await boot();
    const id = await create(driver, 'HTML_ZIPPED');
    driver.advance(60);
    const response = await fetch(`${driver.simulator.announcement.api}${WAS}/download/was/report/${id}`, {
      headers: { Authorization: driver.basic },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const end = bytes.subarray(-22);
    expect(end.readUInt32LE(0)).toBe(0x06054b50);
    expect(bytes.readUInt32LE(end.readUInt32LE(16))).toBe(0x02014b50);
    // Stored, not deflated: the file stands in the archive as it is.
    expect(() => inflateRawSync(bytes.subarray(41))).toThrow();
    expect(bytes.subarray(41, 56).toString()).toBe('<!DOCTYPE html>');
  });
});
