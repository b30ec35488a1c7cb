import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runWapiti, type WapitiOptions, withApp } from '../scripts/demo/scanners.mjs';
import { codesOf, DEMO, evaluate, makeScratch, outcomeOf, POLICY, removeScratch } from './gate.js';

const VULNERABLE = join(DEMO, 'inputs', 'web', 'app.mjs');
const MENDED = join(DEMO, 'inputs-clean', 'web', 'app.mjs');

let scratch: string;
let count = 0;

beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => removeScratch(scratch));

const fresh = (name: string): string => join(scratch, `${++count}-${name}`);

async function scan(url: string, options: Omit<WapitiOptions, 'scratch'> = {}): Promise<string> {
  const report = fresh(`wapiti.${options.format ?? 'json'}`);
  expect(await runWapiti(url, report, { scratch, ...options })).toMatchObject({ code: 0, signal: null });
  return report;
}

const gate = (report: string, ...policy: string[]) => evaluate([report], policy, fresh('out'));

interface WapitiReport {
  vulnerabilities: Record<string, unknown[]>;
  anomalies: Record<string, unknown[]>;
  additionals: Record<string, unknown[]>;
}

async function findingsIn(report: string): Promise<number> {
  const text = await readFile(report, 'utf8');
  if (report.endsWith('.xml')) return text.match(/<entry>/g)?.length ?? 0;
  const { vulnerabilities, anomalies, additionals } = JSON.parse(text) as WapitiReport;
  return [vulnerabilities, anomalies, additionals].flatMap((group) => Object.values(group).flat()).length;
}

/** An address of this machine where nobody listens. */
async function deadAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}/`;
}

describe('Wapiti', () => {
  test.each(['json', 'xml'] as const)('the vulnerable application is red (%s)', async (format) => {
    const report = await withApp(VULNERABLE, (url) => scan(url, { format }));
    const total = await findingsIn(report);
    expect(total).toBeGreaterThan(8);
    const gated = await gate(report, '--fail-on', 'high');
    expect(outcomeOf(gated)).toEqual({ code: 1, exitCode: 1, outcome: 'fail', format: 'wapiti', total });
  });

  test('the policy file of the demo names the injections', async () => {
    const report = await withApp(VULNERABLE, (url) => scan(url));
    const gated = await gate(report, '--policy', POLICY);
    expect(gated.code).toBe(1);
    expect(gated.stdout).toContain('no injection on the web');
  });

  test('the mended application is green: low findings show that the scan reached it', async () => {
    const report = await withApp(MENDED, (url) => scan(url));
    const gated = await gate(report, '--fail-on', 'medium');
    expect(outcomeOf(gated)).toEqual({ code: 0, exitCode: 0, outcome: 'pass', format: 'wapiti', total: 2 });
    expect(gated.verdict.targets[0]?.evidence).toBeDefined();
  });

  test('a report without any finding is inconclusive: it is written alike for a dead target', async () => {
    const report = await withApp(MENDED, (url) => scan(url, { modules: 'sql,xss' }));
    expect(await findingsIn(report)).toBe(0);
    expect(outcomeOf(await gate(report, '--fail-on', 'high'))).toMatchObject({
      code: 4,
      outcome: 'inconclusive',
      total: 0,
    });
  });

  test.each(['json', 'xml'] as const)(
    'the target was down: Wapiti ends with 0, the gate with 4 (%s)',
    async (format) => {
      const report = await scan(await deadAddress(), { format });
      expect(await findingsIn(report)).toBe(0);
      const gated = await gate(report, '--fail-on', 'critical');
      expect(outcomeOf(gated)).toMatchObject({ code: 4, exitCode: 4, outcome: 'inconclusive', total: 0 });
      expect(codesOf(gated).join()).toMatch(/SCANGATE_SCAN_(NO_EVIDENCE|NOTHING_REACHED)/);
    },
  );
});
