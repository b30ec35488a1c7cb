import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.js';
import { countOf, finding } from './helpers.js';

const qid = (id: number | string, more: Partial<Finding> = {}): Finding =>
  finding({ vulnerability: { source: 'qualys', id: String(id), title: `QID ${id}` }, ...more });
const cve = (...names: string[]): Finding =>
  finding({ vulnerability: { source: 'demo', id: 'D-1', title: 'x', aliases: names } });
const scored = (...cvss: NonNullable<Finding['cvss']>): Finding => finding({ cvss });
const pack = (name: string, version?: string, ecosystem?: string): Finding =>
  finding({ location: { kind: 'package', name, version, ecosystem } });
const file = (path: string): Finding => finding({ location: { kind: 'file', path } });
const web = (url: string): Finding => finding({ location: { kind: 'web', url } });
const plain = (): Finding => finding();

type Row = [name: string, select: unknown, findings: Finding[], counted: number, undecided?: number];

const rows: Row[] = [
  ['one severity', { severity: 'high' }, [finding({ severity: 'high' }), finding({ severity: 'critical' })], 1],
  [
    'several severities',
    { severity: ['high', 'low'] },
    [finding({ severity: 'high' }), finding({ severity: 'low' }), finding({ severity: 'medium' })],
    2,
  ],
  [
    'a severity by its Qualys number',
    { severity: 5 },
    [finding({ severity: 'critical' }), finding({ severity: 'high' })],
    1,
  ],
  [
    'a floor takes the level itself',
    { severity: { atLeast: 'medium' } },
    [finding({ severity: 'medium' }), finding({ severity: 'critical' }), finding({ severity: 'low' })],
    2,
  ],
  [
    'a floor by number',
    { severity: { atLeast: 4 } },
    [finding({ severity: 'high' }), finding({ severity: 'medium' })],
    1,
  ],
  [
    'unknown severity is never below a floor',
    { severity: { atLeast: 'critical' } },
    [finding({ severity: 'unknown' })],
    0,
    1,
  ],
  ['kind', { kind: 'secret' }, [finding({ kind: 'secret' }), plain()], 1],
  ['status', { status: ['new', 'reopened'] }, [finding({ status: 'new' }), finding({ status: 'active' })], 1],
  ['status not given', { status: 'new' }, [plain()], 0, 1],
  [
    'QIDs as numbers and ranges',
    { qid: [38173, '150001-150010'] },
    [qid(38173), qid(150001), qid(150010), qid(150011)],
    3,
  ],
  ['QIDs with blanks everywhere', { qid: ' 179203 , 233149, 1 - 3 ' }, [qid(179203), qid(233149), qid(2), qid(4)], 3],
  ['a huge range stays an interval', { qid: '1-999999' }, [qid(1), qid(999_999), qid(1_000_000)], 2],
  ['QIDs are Qualys ids alone', { qid: 1 }, [finding({ vulnerability: { source: 'demo', id: '1', title: 'x' } })], 0],
  ['CVEs in any case', { cve: 'cve-2021-44228' }, [cve('CVE-2021-44228'), cve('CVE-2021-45046')], 1],
  ['CVEs with blanks', { cve: ['CVE-2099-0001, cve-2099-0002 '] }, [cve('CVE-2099-0002')], 1],
  [
    'a CVE that is the id',
    { cve: 'CVE-2099-0003' },
    [finding({ vulnerability: { source: 'debian', id: 'CVE-2099-0003', title: 'x' } })],
    1,
  ],
  ['a source that says there is no CVE', { cve: 'CVE-2099-0003' }, [cve()], 0],
  ['a source that does not tell CVEs', { cve: 'CVE-2099-0003' }, [plain()], 0, 1],
  [
    'exact ids',
    { id: '1141' },
    [
      finding({ vulnerability: { source: 'x', id: '11410', title: 'x' } }),
      finding({ vulnerability: { source: 'x', id: '1141', title: 'x' } }),
    ],
    1,
  ],
  [
    'CVSS at the floor',
    { cvss: { atLeast: 7 } },
    [scored({ version: '3.1', score: 7 }), scored({ version: '3.1', score: 6.9 })],
    1,
  ],
  [
    'CVSS takes the preferred version',
    { cvss: { atLeast: 7, prefer: ['3.1', '2.0'] } },
    [scored({ version: '2.0', score: 9 }, { version: '3.1', score: 5 })],
    0,
  ],
  [
    'CVSS falls to the next version',
    { cvss: { atLeast: 7, prefer: ['3.1', '2.0'] } },
    [scored({ version: '2.0', score: 9 })],
    1,
  ],
  [
    'CVSS takes the highest of several sources',
    { cvss: { atLeast: 7 } },
    [scored({ version: '3.1', score: 5, source: 'nvd' }, { version: '3.1', score: 8, source: 'redhat' })],
    1,
  ],
  [
    'CVSS in no preferred version',
    { cvss: { atLeast: 7, prefer: ['4.0'] } },
    [scored({ version: '2.0', score: 9 })],
    0,
    1,
  ],
  ['CVSS belongs to vulnerabilities', { cvss: { atLeast: 7 } }, [finding({ kind: 'misconfiguration' })], 0],
  ['QDS', { qds: { atLeast: 70 } }, [finding({ qds: 70 }), finding({ qds: 69 }), plain()], 1, 1],
  ['EPSS', { epss: { atLeast: 0.5 } }, [finding({ epss: 0.5 }), finding({ epss: 0.49 })], 1],
  ['EPSS between', { epss: { atLeast: 0.1, atMost: 0.2 } }, [finding({ epss: 0.15 }), finding({ epss: 0.3 })], 1],
  [
    'known exploited',
    { knownExploited: true },
    [finding({ knownExploited: true }), finding({ knownExploited: false }), plain()],
    1,
    1,
  ],
  [
    'fix available',
    { fixAvailable: true },
    [finding({ fix: { available: true } }), finding({ fix: { available: false } }), plain()],
    1,
    1,
  ],
  ['PCI', { pci: true }, [finding({ pci: true }), finding({ pci: false }), plain()], 1, 1],
  [
    'age in whole days',
    { ageDays: { atLeast: 30 } },
    [finding({ firstSeen: '2026-10-02T00:00:00Z' }), finding({ firstSeen: '2026-10-02T00:00:01Z' }), plain()],
    1,
    1,
  ],
  ['a date in the future is no age', { ageDays: { atLeast: 1 } }, [finding({ firstSeen: '2030-01-01T00:00:00Z' })], 0],
  [
    'CWE',
    { cwe: [79, 'CWE-89'] },
    [finding({ vulnerability: { source: 'x', id: 'x', title: 'x', cwe: [89] } }), plain()],
    1,
    1,
  ],
  [
    'OWASP with the year',
    { owasp: 'A03:2021' },
    [finding({ vulnerability: { source: 'x', id: 'x', title: 'x', owasp: ['A03:2021'] } })],
    1,
  ],
  [
    'OWASP of any year',
    { owasp: 'a03' },
    [
      finding({ vulnerability: { source: 'x', id: 'x', title: 'x', owasp: ['A03:2021'] } }),
      finding({ vulnerability: { source: 'x', id: 'x', title: 'x', owasp: ['A030:2021'] } }),
    ],
    1,
  ],
  [
    'package names with wildcards',
    { package: { name: 'log4j*' } },
    [pack('log4j-core'), pack('LOG4J'), pack('slf4j')],
    2,
  ],
  [
    'package versions below',
    { package: { name: 'log4j-core', version: '<2.17.1' } },
    [pack('log4j-core', '2.14.0'), pack('log4j-core', '2.17.1')],
    1,
  ],
  [
    'package versions between',
    { package: { version: '>=2.0 <2.17' } },
    [pack('a', '2.16.9'), pack('a', '2.17.0'), pack('a', '1.9')],
    1,
  ],
  [
    'package versions of a distribution',
    { package: { version: '<1.1.1n-0+deb11u4' } },
    [pack('openssl', '1.1.1n-0+deb11u3', 'debian'), pack('openssl', '1.1.1n-0+deb11u4', 'debian')],
    1,
  ],
  ['a package without a version', { package: { version: '<1' } }, [pack('a')], 0, 1],
  ['paths', { path: ['infra/**', '*.tf'] }, [file('infra/a/b.yml'), file('./main.tf'), file('src/main.tf')], 2],
  [
    'URLs',
    { url: 'https://shop.example/admin*' },
    [web('https://shop.example/admin/login'), web('https://shop.example/')],
    1,
  ],
  [
    'state',
    { state: 'error' },
    [finding({ kind: 'control', state: 'ERROR' }), finding({ kind: 'control', state: 'fail' })],
    1,
  ],
  ['scanner and target', { scanner: 'demo', target: ['shop'] }, [plain(), finding({ scanner: 'other' })], 1],
  [
    'keys are AND-ed',
    { severity: 'high', pci: true },
    [finding({ pci: true }), finding({ pci: false }), finding({ severity: 'low', pci: true })],
    1,
  ],
  ['one false decides, whatever is missing', { severity: 'critical', pci: true }, [plain()], 0, 0],
  [
    'anyOf',
    { anyOf: [{ qid: [150001] }, { severity: 'critical' }] },
    [qid(150001), finding({ severity: 'critical' }), plain()],
    2,
  ],
  ['one true decides, whatever is missing', { anyOf: [{ pci: true }, { severity: 'high' }] }, [plain()], 1, 0],
  [
    'allOf',
    { allOf: [{ severity: 'high' }, { not: { pci: true } }] },
    [finding({ pci: false }), finding({ pci: true })],
    1,
  ],
  ['not of what is missing is missing', { not: { pci: true } }, [plain()], 0, 1],
  [
    'expression',
    { expression: 'finding.cvss.exists(c, c.score > 9.0) && severityLevel >= 4' },
    [scored({ version: '3.1', score: 9.8 }), scored({ version: '3.1', score: 5 })],
    1,
  ],
  [
    'expression over a field that is not there',
    { expression: 'finding.qds >= 70' },
    [finding({ qds: 71 }), plain()],
    1,
    1,
  ],
  [
    'expression that asks first',
    { expression: 'has(finding.qds) && finding.qds >= 70' },
    [finding({ qds: 71 }), plain()],
    1,
    0,
  ],
  [
    'expression over age and tags',
    { expression: 'ageDays > 10 && !("internal" in tags)' },
    [finding({ firstSeen: '2026-01-01T00:00:00Z' })],
    1,
  ],
];

describe('select', () => {
  it.each(rows)('%s', async (_, select, findings, counted, undecided = 0) => {
    expect(await countOf(select, findings)).toEqual([counted, undecided]);
  });

  it('tags of the target', async () => {
    expect(await countOf({ tags: ['internet'] }, [finding()], {}, { tags: ['internet', 'shop'] })).toEqual([1, 0]);
    expect(await countOf({ tags: 'internal' }, [finding()], {}, { tags: ['internet'] })).toEqual([0, 0]);
  });

  it('missing: ignore leaves out, missing: fail counts', async () => {
    expect(await countOf({ cvss: { atLeast: 7 } }, [finding()], { missing: 'ignore' })).toEqual([0, 1]);
    expect(await countOf({ cvss: { atLeast: 7 } }, [finding()], { missing: 'fail' })).toEqual([1, 1]);
  });
});
