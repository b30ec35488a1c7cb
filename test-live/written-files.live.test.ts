import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProcess } from '../scripts/demo/scanners.mjs';
import { DEMO, evaluate, makeScratch, POLICY, removeScratch } from './gate.js';
import { MULTITOOL_BIN, ROOT } from './tools.mjs';

const SCHEMAS = process.env.SCANGATE_SCHEMAS ?? join(ROOT, '..', 'shared', 'schemas');
const JUNIT_XSD = join(SCHEMAS, 'junit', 'junit-10.xsd');
const NO_SCHEMAS = 'junit-10.xsd is not there: name the folder of schemas in SCANGATE_SCHEMAS';

const reports = (...names: string[]): string[] => names.map((name) => join(DEMO, 'reports', name));

/** One folder of report files for each kind of verdict. */
const SITUATIONS = ['fail', 'pass', 'inconclusive'] as const;
type Situation = (typeof SITUATIONS)[number];

let scratch: string;
const folderOf = (situation: Situation): string => join(scratch, situation);

beforeAll(async () => {
  scratch = await makeScratch();
  const half = join(scratch, 'half.json');
  const whole = await readFile(join(DEMO, 'reports', 'wapiti.json'));
  await writeFile(half, whole.subarray(0, whole.length / 2));
  const red = reports('trivy-config.json', 'trivy-packages.json', 'wapiti.json');
  const green = reports('trivy-config-clean.json', 'trivy-packages-clean.json', 'wapiti-clean.json');
  const judged = {
    fail: await evaluate(red, ['--policy', POLICY], folderOf('fail')),
    pass: await evaluate(green, ['--policy', POLICY], folderOf('pass')),
    inconclusive: await evaluate([half, ...green], ['--policy', POLICY], folderOf('inconclusive')),
  };
  expect(SITUATIONS.map((situation) => [judged[situation].verdict.outcome, judged[situation].code])).toEqual([
    ['fail', 1],
    ['pass', 0],
    ['inconclusive', 4],
  ]);
});
afterAll(() => removeScratch(scratch));

/** The schema of the Jenkins xunit plugin does not know `file`, which other readers show. */
const withoutFileAttribute = (xml: string): string =>
  xml.replace(/<testcase(?:\s+[\w:.-]+="[^"]*")*/g, (tag) => tag.replace(/\s+file="[^"]*"/, ''));

async function xmllint(xml: string, name: string) {
  const file = join(scratch, `${name}.xml`);
  await writeFile(file, xml);
  return runProcess('xmllint', ['--noout', '--nonet', '--schema', JUNIT_XSD, file], { timeoutMs: 60_000 });
}

describe('xmllint reads junit.xml', () => {
  test.for(SITUATIONS)('of a verdict that is %s', async (situation, { skip }) => {
    skip(!existsSync(JUNIT_XSD), NO_SCHEMAS);
    const xml = await readFile(join(folderOf(situation), 'junit.xml'), 'utf8');
    expect(xml).toContain('<testcase');
    expect(await xmllint(withoutFileAttribute(xml), situation)).toMatchObject({ code: 0 });
  });

  test('and refuses a file that breaks the schema', async ({ skip }) => {
    skip(!existsSync(JUNIT_XSD), NO_SCHEMAS);
    const end = await xmllint('<testsuites><testsuite name="a"><oops/></testsuite></testsuites>', 'oops');
    expect(end.code).toBe(3);
  });
});

interface SarifLog {
  runs: {
    tool: { driver: { rules?: { id: string; defaultConfiguration?: { level?: string } }[] } };
    results: { ruleId?: string; ruleIndex?: number; level?: string; message: unknown; locations?: unknown }[];
  }[];
}

/** SARIF Multitool ends with 0 even when it found errors: its own report says what they are. */
async function sarifErrors(file: string): Promise<string[]> {
  const output = `${file}.validated.json`;
  const end = await runProcess(
    MULTITOOL_BIN,
    ['validate', file, '--rule-kind', 'Sarif;Ghas', '--output', output, '--log', 'ForceOverwrite'],
    { env: { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1', HOME: scratch }, timeoutMs: 120_000 },
  );
  if (!existsSync(output))
    throw new Error(`SARIF Multitool wrote nothing (${end.code ?? end.signal}): ${end.stdout}${end.stderr}`);
  const { runs } = JSON.parse((await readFile(output, 'utf8')).replace(/^\uFEFF/, '')) as SarifLog;
  return runs.flatMap(({ tool, results }) =>
    results
      .filter(({ level, ruleIndex = -1 }) => {
        const standard = tool.driver.rules?.[ruleIndex]?.defaultConfiguration?.level ?? 'warning';
        return (level ?? standard) === 'error';
      })
      .map((result) => JSON.stringify([result.ruleId, result.message, result.locations])),
  );
}

describe("SARIF Multitool, with GitHub's rules", () => {
  test.each(SITUATIONS)('finds no error in a verdict that is %s', async (situation) => {
    const files = (await readdir(folderOf(situation))).filter((name) => name.endsWith('.sarif'));
    expect(files).toContain('scangate.sarif');
    for (const name of files) expect(await sarifErrors(join(folderOf(situation), name))).toEqual([]);
  });

  test('and does find one where a result points at a rule that is not there', async () => {
    const file = join(scratch, 'broken.sarif');
    const driver = { name: 'x', rules: [{ id: 'R1' }] };
    const results = [{ ruleId: 'R2', ruleIndex: 7, message: { text: 'x' } }];
    await writeFile(file, JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver }, results }] }));
    expect(await sarifErrors(file)).not.toEqual([]);
  });
});
