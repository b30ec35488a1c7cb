import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jsonSchemaOf } from '@scangate/core/config';
import { Finding, Verdict } from '@scangate/core/model';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import Ajv04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clean, red, trivyReport } from './support/cannot-lie.js';
import { runHere } from './support/cli.js';

const SCHEMAS = process.env.SCANGATE_SCHEMAS ?? fileURLToPath(new URL('../../../../shared/schemas', import.meta.url));
const DEMO = fileURLToPath(new URL('../../../demo/reports', import.meta.url));

const HOSTILE = [
  '\u001b[31mred\u001b[0m',
  'nul\u0000 and bell\u0007',
  ']]>',
  '<script>alert(1)</script>',
  "##teamcity[buildStatus status='SUCCESS']",
  '\n::error::pwned',
  '\n##vso[task.complete result=Succeeded;]',
  'section_start:0:x',
  'lone \ud800 surrogate \udc00',
  '![x](https://evil.example/p.png) [y](https://evil.example) | cell',
  '__proto__',
  'x'.repeat(1_000_000),
];
const hostileReport = (): string =>
  trivyReport(
    HOSTILE.map((text, index) => ({
      Target: text,
      Class: 'os-pkgs',
      Type: text,
      Vulnerabilities: [
        {
          VulnerabilityID: `CVE-2099-${1000 + index}`,
          PkgName: text,
          InstalledVersion: text,
          FixedVersion: text,
          Title: text,
          Description: text,
          Severity: 'CRITICAL',
          PrimaryURL: text,
          __proto__x: text,
        },
      ],
    })),
    { ArtifactName: HOSTILE.join(' ') },
  ).replace('__proto__x', '__proto__');

const situations: Record<string, { files: Record<string, string>; args: string[] }> = {
  pass: { files: { 'clean.json': clean }, args: ['clean.json', '--fail-on', 'critical'] },
  fail: { files: { 'red.json': red }, args: ['red.json', '--fail-on', 'critical'] },
  inconclusive: { files: { 'cut.json': red.slice(0, -9) }, args: ['cut.json', '--fail-on', 'critical'] },
  several: {
    files: { 'red.json': red, 'clean.json': clean, 'none.json': '' },
    args: ['red.json', 'clean.json', 'none.json', 'gone.json', '--fail-on', 'critical', '--fail-on', 'low=5'],
  },
  hostile: { files: { 'hostile.json': hostileReport() }, args: ['hostile.json', '--fail-on', 'critical'] },
  real: { files: {}, args: [...readdirSync(DEMO).map((name) => join(DEMO, name)), '--fail-on', 'high=3'] },
};

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scangate-'));
  for (const [name, { files, args }] of Object.entries(situations)) {
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
    for (const out of [name, `${name}-again`]) {
      const { stdout } = await runHere(
        [
          'evaluate',
          ...args,
          '--out',
          out,
          '--report',
          'json',
          '--report',
          'ndjson',
          '--report',
          'junit',
          '--report',
          'sarif',
          '--report',
          'markdown',
          '--report',
          'text',
        ],
        folder,
      );
      writeFileSync(join(folder, out, 'stdout.txt'), stdout.replaceAll(`${out}/`, ''));
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isControl = (character: string): boolean =>
  (character < ' ' && !'\t\n\r'.includes(character)) || character === '\u007f';
const read = (situation: string, file: string): string => readFileSync(join(folder, situation, file), 'utf8');
const FILES = ['verdict.json', 'findings.ndjson', 'junit.xml', 'scangate.sarif', 'summary.md', 'summary.txt'];
const names = Object.keys(situations);

describe.each(names)('what is written: %s', (name) => {
  it('is byte-identical on the same input, policy and clock', () => {
    for (const file of [...FILES, 'stdout.txt'])
      expect(read(`${name}-again`, file) === read(name, file), file).toBe(true);
  });

  it('verdict.json and findings.ndjson hold to the published schemas', () => {
    const ajv = new Ajv2020({ strict: false });
    const verdict = ajv.compile(jsonSchemaOf(Verdict) as object);
    expect(verdict(JSON.parse(read(name, 'verdict.json'))), JSON.stringify(verdict.errors)).toBe(true);
    const finding = ajv.compile(jsonSchemaOf(Finding) as object);
    for (const line of read(name, 'findings.ndjson').split('\n').filter(Boolean))
      expect(finding(JSON.parse(line)), JSON.stringify(finding.errors)).toBe(true);
  });

  it('junit.xml is well-formed, never empty, and every name stands once', () => {
    const cases: string[] = [];
    let suite = '';
    const parser = new SaxesParser();
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('opentag', ({ name: tag, attributes }) => {
      if (tag === 'testsuite') suite = String(attributes.name);
      if (tag === 'testcase') cases.push(`${suite} ${String(attributes.classname)} ${String(attributes.name)}`);
    });
    parser.write(read(name, 'junit.xml')).close();
    expect(cases.length).toBeGreaterThan(0);
    expect(new Set(cases).size).toBe(cases.length);
  });

  it('nothing hostile comes through raw', () => {
    for (const file of FILES) expect([...read(name, file)].filter(isControl), file).toEqual([]);
    for (const file of ['summary.txt', 'stdout.txt', 'summary.md']) {
      const lines = read(name, file).split('\n');
      expect(lines.filter((line) => /##teamcity\[|##vso\[|^\s*::\w|section_(start|end):/.test(line))).toEqual([]);
    }
    expect(/!\[x\]\(|<script>/.test(read(name, 'summary.md'))).toBe(false);
    expect(read(name, 'junit.xml').length).toBeLessThan(3_000_000);
  });
});

describe('sarif against the schemas of the standard', () => {
  if (!existsSync(SCHEMAS)) {
    it('the schema files are not here: SARIF was not validated', () => {
      console.warn(`There is no ${SCHEMAS}; set SCANGATE_SCHEMAS to validate SARIF.`);
      expect(existsSync(SCHEMAS)).toBe(false);
    });
    return;
  }
  const schema = (path: string): object => JSON.parse(readFileSync(join(SCHEMAS, path), 'utf8'));
  const oasis = addFormats
    .default(new Ajv04.default({ strict: false }))
    .compile(schema('sarif/sarif-schema-2.1.0.json'));
  const store = addFormats.default(new Ajv({ strict: false })).compile(schema('sarif/schemastore-sarif-2.1.0.json'));
  it.each(names)('%s', (name) => {
    const log = JSON.parse(read(name, 'scangate.sarif'));
    expect(oasis(log), JSON.stringify(oasis.errors?.slice(0, 3))).toBe(true);
    expect(store(log), JSON.stringify(store.errors?.slice(0, 3))).toBe(true);
  });
});
