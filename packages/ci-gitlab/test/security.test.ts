import type { Finding, JudgedFinding, Location } from '@scangate/core/model';
import { buildFinding, buildMany, buildTextDelivery, HOSTILE_TEXTS, toDelivery } from '@scangate/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cvssVectors } from '../src/security/cvss.js';
import { securityWriter } from '../src/security/reports.js';
import { JSON_REPORTS, judged, render, type SeenReport, securityReport, textOf } from './support.js';

const TYPES = ['container-scanning', 'dast', 'dependency-scanning', 'sast'];

const at = (location: Location) => ({ severity: 'critical' as const, location });
const web = (url: string, parameter?: string) => at({ kind: 'web', url, method: 'GET', parameter });

describe('security reports', () => {
  it.each<[string, Location, string[]]>([
    ['a web page', { kind: 'web', url: 'https://shop.example/a' }, ['dast']],
    ['a web finding without an address', { kind: 'web' }, ['dast']],
    ['a package of a lock file', { kind: 'package', name: 'a', path: 'package-lock.json' }, ['dependency-scanning']],
    [
      'a package of an image',
      { kind: 'package', name: 'a', artifact: 'shop:1.4 (debian 12.5)' },
      ['container-scanning'],
    ],
    [
      'a package of a lock file in an image',
      { kind: 'package', name: 'a', path: 'app/package-lock.json', layer: 'sha256:1' },
      ['container-scanning'],
    ],
    ['a file', { kind: 'file', path: 'main.tf' }, ['sast']],
    ['a host', { kind: 'host', host: 'a.example' }, []],
    ['a control', { kind: 'control', control: '1.1' }, []],
    ['no place', { kind: 'none' }, []],
  ])('take %s into the report of its kind', async (_, location, expected) => {
    const built = await judged([at(location)]);
    expect(TYPES.filter((type) => securityReport(type, built).vulnerabilities.length > 0)).toEqual(expected);
    const says = TYPES.filter((type) =>
      securityReport(type, built).scan.messages.some(({ value }) =>
        value.startsWith('1 finding left out: GitLab has no'),
      ),
    );
    expect(says).toEqual(expected.length === 0 ? TYPES : []);
  });

  it('names image and system of a package as GitLab does', async () => {
    const location: Location = { kind: 'package', name: 'a', version: '1', artifact: 'shop:1.4 (debian 12.5)' };
    const [seen] = securityReport('container-scanning', await judged([at(location)])).vulnerabilities;
    expect(seen?.location).toEqual({
      image: 'shop:1.4',
      operating_system: 'debian 12.5',
      dependency: { package: { name: 'a' }, version: '1' },
    });
  });

  it('tell the same page of two hosts apart, without values of the query', async () => {
    const built = await judged([
      web('https://user:secret@a.example/s?q=1&q=2&r=<x>#f', 'q'),
      web('https://b.example:8443/s'),
      web('javascript:alert(1)'),
    ]);
    expect(securityReport('dast', built).vulnerabilities.map(({ location }) => location)).toEqual([
      { path: 'https://a.example/s?q&r', method: 'GET', param: 'q' },
      { path: 'https://b.example:8443/s', method: 'GET', param: '' },
      { path: 'not a web address: javascript:alert(1)', method: 'GET', param: '' },
    ]);
  });

  it("begin the identifiers with the scanner's own, in whatever order a report names the others", async () => {
    const names = async (aliases: string[], id = '150001', source = 'qualys') => {
      const vulnerability = { source, id, title: 'x', aliases, cwe: [79], owasp: ['A03:2021'] };
      const [seen] = securityReport(
        'sast',
        await judged([{ vulnerability, location: { kind: 'file', path: 'a' } }]),
      ).vulnerabilities;
      return seen?.identifiers.map(({ type, name, value }) => [type, name, value].join(' '));
    };
    expect(await names(['GHSA-aaaa-bbbb-cccc', 'DSA-1', 'CVE-2099-0001'])).toEqual([
      'scangate_qid QID 150001 150001',
      'cve CVE-2099-0001 CVE-2099-0001',
      'ghsa GHSA-aaaa-bbbb-cccc GHSA-aaaa-bbbb-cccc',
      'cwe CWE-79 79',
      'owasp A03:2021 A03:2021',
      'other DSA-1 DSA-1',
    ]);
    expect((await names(['CVE-2099-0003'], 'CVE-2099-0002', 'debian'))?.[0]).toBe('cve CVE-2099-0002 CVE-2099-0002');
    expect((await names([], 'DS002', 'Trivy Checks!'))?.[0]).toBe('scangate_trivy_checks DS002 DS002');
    expect(await names(Array.from({ length: 40 }, (_, index) => `CVE-2099-${1000 + index}`))).toHaveLength(20);
  });

  it('keep both of two occurrences, and keep ids when lines move', async () => {
    const ids = async (lines: number[]) =>
      securityReport(
        'sast',
        await judged(lines.map((line) => ({ location: { kind: 'file', path: './src/a.ts', line } }))),
      ).vulnerabilities.map(({ id, location, tracking }) => ({ id, file: location.file, tracking }));
    const before = await ids([10, 20]);
    expect(before.map(({ id }) => id)).toEqual([before[0]?.id, `${before[0]?.id}-2`]);
    expect(before.map(({ file }) => file)).toEqual(['src/a.ts', 'src/a.ts']);
    expect(before[1]?.tracking).toEqual({
      type: 'source',
      items: [{ signatures: [{ algorithm: 'hash', value: `${before[0]?.id}-2` }] }],
    });
    expect(await ids([11, 25])).toEqual(before);
  });

  it('say success only of a scan that saw everything', async () => {
    const states = async (...args: Parameters<typeof judged>): Promise<{ status: string; levels: string[] }[]> => {
      const built = await judged(...args);
      return TYPES.map((type) => securityReport(type, built).scan).map(({ status, messages }) => ({
        status,
        levels: messages.map(({ level }) => level),
      }));
    };
    const problem = { code: 'SCANGATE_SCAN_INCOMPLETE', message: 'half of it', mend: 'again' };
    const rules = [{ name: 'a', select: { severity: 'critical' }, max: 0 }];
    expect(await states([])).toEqual(TYPES.map(() => ({ status: 'success', levels: [] })));
    expect(await states([], { statement: { problems: [problem] } })).toEqual(
      TYPES.map(() => ({ status: 'failure', levels: ['fatal'] })),
    );
    expect(await states([], { policy: { onIncomplete: 'warn', rules }, statement: { problems: [problem] } })).toEqual(
      TYPES.map(() => ({ status: 'failure', levels: ['warn'] })),
    );
    const broken = { name: 'shop', findings: [{ ...buildFinding() }], unreadable: problem };
    const built = await judged([], { targets: [broken] });
    expect(securityReport('container-scanning', built)).toMatchObject({
      scan: { status: 'failure' },
      vulnerabilities: [],
    });
  });

  it('leave out what does not count, and say so', async () => {
    const file: Location = { kind: 'file', path: 'a' };
    const built = await judged([
      { location: file },
      { location: file, ignored: { reason: 'x' } },
      { location: file, kind: 'information' },
    ]);
    const { scan, vulnerabilities } = securityReport('sast', built);
    expect([vulnerabilities.length, scan.messages]).toEqual([
      1,
      [{ level: 'info', value: '2 findings left out, as the policy does not count them; see findings.ndjson' }],
    ]);
  });

  it('name the addresses that were scanned, and no other text', async () => {
    const scanned = async (subject: string) =>
      securityReport('dast', await judged([], { statement: { subject } })).scan.scanned_resources;
    expect(await scanned('https://shop.example:8443/a')).toEqual([
      { method: 'GET', url: 'https://shop.example:8443/a', type: 'url' },
    ]);
    expect(await scanned('https://shop.example/ [x](y)')).toEqual([]);
  });

  it('hold the limits: the most severe stay, the rest is counted, memory does not grow', async () => {
    const { input, findings } = toDelivery(await buildMany(50));
    const file = findings.filter(({ finding }) => finding.location.kind === 'file');
    const writer = securityWriter('sast', { toolVersion: '1', ruleNames: [] }, { maxEntries: 4, maxBytes: 1_000_000 });
    const report = JSON.parse(textOf(writer, file, input)) as SeenReport;
    expect(report.vulnerabilities).toHaveLength(4);
    const bySize = securityWriter('sast', { toolVersion: '1', ruleNames: [] }, { maxEntries: 400, maxBytes: 5_000 });
    const small = textOf(bySize, file, input);
    expect(small.length).toBeLessThan(7_000);
    expect((JSON.parse(small) as SeenReport).scan.messages).toContainEqual({
      level: 'warn',
      value: expect.stringMatching(
        /^this report is limited; \d+ findings left out.* All are in findings\.ndjson$/,
      ) as string,
    });
  });

  it('prefer what is severe to what came first', async () => {
    const severities = ['info', 'low', 'critical', 'unknown', 'high', 'medium'] as const;
    const built = await judged(
      severities.map((severity) => ({ severity, location: { kind: 'file', path: severity } })),
    );
    const writer = securityWriter('sast', { toolVersion: '1', ruleNames: [] }, { maxEntries: 3, maxBytes: 1_000_000 });
    const { vulnerabilities } = JSON.parse(textOf(writer, built.findings, built.input)) as SeenReport;
    expect(vulnerabilities.map(({ severity }) => severity)).toEqual(['Critical', 'Unknown', 'High']);
  });

  it('stay below 30 MB over 100,000 findings with long texts', async () => {
    const { input, findings } = toDelivery(await buildMany(10, 'x'.repeat(4_000)));
    const [sast] = JSON_REPORTS.filter(({ fileName }) => fileName === 'gl-sast-report.json');
    const [one] = findings.filter(({ finding }) => finding.location.kind === 'file');
    if (!sast || !one) throw new Error('there is nothing to write');
    function* many(judgedOne: JudgedFinding): Generator<JudgedFinding> {
      for (let index = 0; index < 100_000; index++) yield judgedOne;
    }
    const text = textOf(sast.create({ toolVersion: '1', ruleNames: [] }), many(one), input);
    expect(text.length).toBeLessThan(30_000_000);
    expect((JSON.parse(text) as SeenReport).vulnerabilities.length).toBeGreaterThan(1_000);
  });

  it('keep vectors that GitLab takes, and no other', () => {
    const vectors = (...texts: string[]) =>
      cvssVectors({
        ...buildFinding(),
        cvss: texts.map((vector) => ({ version: '3.1', score: 9, vector })),
      } satisfies Finding)?.map(({ vector }) => vector);
    const v3 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
    const v2 = 'AV:N/AC:L/Au:N/C:P/I:P/A:P';
    const v4 = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';
    expect(vectors(v4, v3, v2, `${v3}/X:Y`, 'CVSS:3.1/AV:N', `${v3}\n`)).toEqual([v3, v2]);
    expect(vectors(v4)).toBeUndefined();
    expect(vectors(...Array.from({ length: 12 }, () => v3))).toHaveLength(10);
  });
});

/** What Markdown, a reference or an address could be made of, where neither a backslash nor an entity stands before it. */
const markup = (text: string): string =>
  (
    text
      .replace(/^\*\*(?:Impact|Evidence|Where):\*\* /gm, '')
      .replace(/\\[!-/:-@[-`{-~]/g, '')
      .replace(/&(?:#\d+|\w+);/g, '\u200b')
      .match(/[|[\]<>`_~$]|https?:\/\/|www\.|[@#!~%&$](?=\w)|^\s*(?:[-+*=#>/]|\d+[.)])/gm) ?? []
  ).join('');

describe('texts of an attacker in security reports', () => {
  it('become no markup in what GitLab reads as Markdown, and no reference in a name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...HOSTILE_TEXTS), { minLength: 1, maxLength: 3 }), async (parts) => {
        const built = await buildTextDelivery([parts.join('')]);
        for (const type of TYPES) {
          for (const { name, description, solution = '' } of securityReport(type, built).vulnerabilities) {
            expect([markup(description), markup(solution)]).toEqual(['', '']);
            expect(name).not.toMatch(/https?:\/\/|www\.|[@#!~%&$](?=\w)/);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are no links: addresses of a report are nowhere', async () => {
    const vulnerability = {
      source: 'x',
      id: 'y',
      title: 't',
      aliases: ['CVE-2099-0001) [x](https://evil.example'],
      links: ['https://evil.example/a'],
    };
    const built = await judged([{ vulnerability, location: { kind: 'file', path: 'a' } }]);
    for (const reporter of JSON_REPORTS) {
      const urls = render(reporter, built).match(/"(?:url|href)":"[^"]*"/g) ?? [];
      expect(urls).toEqual([]);
    }
  });
});
