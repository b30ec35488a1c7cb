import { describe, expect, it } from 'vitest';
import { qualysWasReport } from '../../../src/scanners/report/qualys-was-report/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';
import { entry, type Parts, report, vulnerability, webAppReport } from './qualys-was-report/samples.js';

describeReader(qualysWasReport, {
  samples: [
    {
      name: 'a scan',
      report: report(),
      count: 3,
      findings: [
        {
          vulnerability: {
            source: 'qualys',
            id: '150001',
            title: 'title 150001',
            aliases: [],
            cwe: [79],
            owasp: ['A7'],
          },
          kind: 'confirmed',
          severity: 'critical',
          vendorSeverity: '5',
          cvss: [
            { version: '3.1', score: 6.1 },
            { version: '2.0', score: 4.3 },
          ],
          status: 'reopened',
          lastSeen: '2031-03-12T16:42:00Z',
          identity: '00000000-0000-4000-8000-000000000001',
          location: { kind: 'web', url: 'https://shop.example/search?q=a&b=1', method: 'GET', parameter: 'q' },
          description: 'A flaw.',
          remediation: 'Encode\nit.',
          evidence:
            'GET https://shop.example/search\npayload: "><script>\nfurther payloads: 1\nreached by: https://shop.example/ > https://shop.example/search\nauthentication: Not Required',
        },
        {
          vulnerability: { source: 'qualys', id: '150016', title: 'title 150016', aliases: [] },
          kind: 'sensitive-content',
          severity: 'critical',
          vendorSeverity: '5',
          location: { kind: 'web', url: 'https://shop.example/card' },
          evidence: 'content: 4111****',
        },
        {
          vulnerability: { source: 'qualys', id: '150009', title: 'title 150009', aliases: [] },
          kind: 'information',
          severity: 'critical',
          vendorSeverity: '5',
          lastSeen: '2031-03-12T00:05:00Z',
          identity: '00000000-0000-4000-8000-000000000002',
          location: { kind: 'web', url: 'https://shop.example' },
          evidence: '3 links crawled',
        },
      ],
    },
    { name: 'web applications', report: webAppReport, count: 3 },
    {
      name: 'a clean scan',
      report: report({ vulnerabilities: '', sensitives: '', gathereds: '', counters: [0, 0, 0] }),
      count: 0,
    },
    {
      name: 'counters above the lists',
      report: report({ vulnerabilities: '', counters: [2, 1, 1] }),
      count: 2,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    { name: 'counters below the lists', report: report({ counters: [0, 0, 0] }), count: 3 },
    { name: 'no appendix', report: report({ appendix: '' }), count: 3, problems: ['SCANGATE_SCAN_UNKNOWN_STATE'] },
    {
      name: 'no appendix and nothing found',
      report: report({ appendix: '', vulnerabilities: '', sensitives: '', gathereds: '', counters: [0, 0, 0] }),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_UNKNOWN_STATE'],
    },
    {
      name: 'no results',
      report: '<WAS_SCAN_REPORT><HEADER/></WAS_SCAN_REPORT>',
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_UNKNOWN_STATE', 'SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'the glossary before the results',
      report: report().replace(/(<RESULTS>.*<\/RESULTS>)\s*(<GLOSSARY>.*<\/GLOSSARY>)/s, '$2$1'),
      count: 3,
    },
  ],
  unknownSeverity: report().replaceAll('<SEVERITY>5<', '<SEVERITY>6<'),
  wrongTypes: [
    {
      name: 'a result without a QID',
      report: report({ vulnerabilities: '<VULNERABILITY><URL>x</URL></VULNERABILITY>' }),
    },
    {
      name: 'a QID that is no number',
      report: report({ vulnerabilities: '<VULNERABILITY><QID>many</QID></VULNERABILITY>' }),
    },
    { name: 'an element of another name in a list', report: report({ vulnerabilities: '<FLAW><QID>1</QID></FLAW>' }) },
    { name: 'text in a list', report: report({ vulnerabilities: 'none' }) },
    { name: 'a list that is not known', report: report().replaceAll('VULNERABILITY_LIST', 'WEAKNESS_LIST') },
    {
      name: 'a result outside a list',
      report: report().replace('<RESULTS>', '<RESULTS><VULNERABILITY><QID>1</QID></VULNERABILITY>'),
    },
    {
      name: 'a list in a web application that is not known',
      report: webAppReport.replaceAll('VULNERABILITY_LIST', 'WEAKNESS_LIST'),
    },
    { name: 'an ignored flag that is no flag', report: report().replace('<IGNORED>false', '<IGNORED>perhaps') },
    { name: 'a score that is none', report: report().replace('4.3', 'high') },
    {
      name: 'a counter that is none',
      report: report().replace('<GLOBAL_SUMMARY><VULNERABILITY>1', '<GLOBAL_SUMMARY><VULNERABILITY>some'),
    },
    { name: 'a glossary entry without a QID', report: report({ glossary: '<QID><TITLE>x</TITLE></QID>' }) },
  ],
});

const codes = async (parts: Parts): Promise<string[]> =>
  (await readAll(qualysWasReport, report(parts))).statement.problems.map(({ code }) => code);

describe('qualys-was-report', () => {
  it('says what was scanned, when, and how it ended', async () => {
    const { statement } = await readAll(qualysWasReport, report());
    expect(statement).toEqual({
      tool: { name: 'Qualys WAS', version: '7.6.34-1' },
      subject: 'https://shop.example',
      reference: 'was/1.2',
      startedAt: '2031-03-12T16:00:00Z',
      finishedAt: '2031-03-12T17:00:00Z',
      state: 'Finished',
      evidence: 'The report lists 1 scan with results: was/1.2 (Finished)',
      problems: [],
    });
  });

  it('judges how the scan ended, whether it could log in, and what it was for', async () => {
    expect(await codes({ scan: 'No Web Service' })).toEqual(['SCANGATE_SCAN_NOTHING_REACHED']);
    expect(await codes({ scan: '' })).toEqual(['SCANGATE_SCAN_UNKNOWN_STATE']);
    expect(await codes({ authentication: 'Partial' })).toEqual(['SCANGATE_SCAN_AUTH_FAILED']);
    expect(await codes({ authentication: 'Not Used' })).toEqual(['SCANGATE_SCAN_AUTH_FAILED']);
    expect(await codes({ record: 'None', authentication: 'No Authentication specified' })).toEqual([]);
    expect(await codes({ mode: 'Discovery' })).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });

  it('states filters that hide, and no others', async () => {
    const filter = (name: string, value: string): string =>
      `<FILTER><NAME>${name}</NAME><VALUE>${value}</VALUE></FILTER>`;
    expect(
      await codes({
        filters: filter('REMEDIATION', 'Include patched findings') + filter('REMEDIATION', 'Show ignored findings '),
      }),
    ).toEqual([]);
    expect(
      await codes({ filters: filter('STATUS', 'New') + filter('STATUS', 'Active') + filter('STATUS', 'Re-opened') }),
    ).toEqual([]);
    expect(await codes({ filters: filter('STATUS', 'New') })).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
    expect(await codes({ filters: filter('REMEDIATION', 'Show only ignored findings') })).toEqual([
      'SCANGATE_SCAN_INCOMPLETE',
    ]);
    expect(await codes({ filters: filter('SEVERITY', '5') })).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });

  it('keeps a finding whose QID the glossary does not have, with an unknown severity', async () => {
    const { findings } = await readAll(qualysWasReport, report({ glossary: '' }));
    expect(
      findings.map(({ kind, severity, vulnerability: { title, aliases } }) => [kind, severity, title, aliases]),
    ).toEqual([
      ['confirmed', 'unknown', 'QID 150001', undefined],
      ['sensitive-content', 'unknown', 'QID 150016', undefined],
      ['information', 'unknown', 'QID 150009', undefined],
    ]);
  });

  it('tells potential from confirmed: the element first, then the glossary', async () => {
    const kindOf = async (category: string, mark: string): Promise<unknown> => {
      const vulnerabilities = vulnerability.replace('<AJAX>', `${mark}<AJAX>`);
      return (await readAll(qualysWasReport, report({ vulnerabilities, glossary: entry(150001, category) })))
        .findings[0]?.kind;
    };
    expect(await kindOf('Potential Vulnerability', '')).toBe('potential');
    expect(await kindOf('Potential Vulnerability', '<POTENTIAL>false</POTENTIAL>')).toBe('confirmed');
    expect(await kindOf('Confirmed Vulnerability', '<POTENTIAL>true</POTENTIAL>')).toBe('potential');
    expect(await kindOf('Information Gathered', '')).toBe('confirmed');
    expect(await kindOf('A New Category', '')).toBe('confirmed');
  });

  it('keeps what is ignored or fixed in WAS, with the reason and times', async () => {
    const vulnerabilities = vulnerability
      .replace('<IGNORED>false</IGNORED>', '<IGNORED>true</IGNORED><IGNORED_REASON>FALSE_POSITIVE</IGNORED_REASON>')
      .replace('REOPENED', 'PROTECTED');
    const [ignored] = (await readAll(qualysWasReport, report({ vulnerabilities }))).findings;
    expect(ignored).toMatchObject({
      status: 'active',
      state: 'PROTECTED',
      ignored: { reason: 'ignored in Qualys WAS: FALSE_POSITIVE' },
    });
    const [fixed] = (await readAll(qualysWasReport, webAppReport)).findings;
    expect(fixed).toMatchObject({
      status: 'fixed',
      firstSeen: '2031-01-01T13:00:00Z',
      lastSeen: '2031-01-02T13:00:00Z',
    });
  });

  it('names the CVEs of the glossary', async () => {
    const { findings } = await readAll(
      qualysWasReport,
      report({ glossary: entry(150001, 'Confirmed Vulnerability', '<CVE>CVE-2099-0001,CVE-2099-0002</CVE>') }),
    );
    expect(findings[0]?.vulnerability.aliases).toEqual(['CVE-2099-0001', 'CVE-2099-0002']);
  });

  it('cuts long evidence, says so, and carries no headers and bodies', async () => {
    const vulnerabilities = vulnerability.replace('"><script>', 'x'.repeat(5000));
    const { findings } = await readAll(qualysWasReport, report({ vulnerabilities }));
    expect(findings[0]?.evidence?.length).toBeLessThan(1100);
    expect(findings[0]?.evidence).toMatch(/\(cut here; the report has \d+ characters\)$/);
    expect(JSON.stringify((await readAll(qualysWasReport, report())).findings)).not.toMatch(
      /tiger|dGlnZXI|4111111111111111/,
    );
  });

  it('holds many results until the glossary has come', async () => {
    const many = Array.from({ length: 3000 }, (_, index) =>
      vulnerability.replace('000000000001', String(index).padStart(12, '0')),
    );
    const { findings } = await readAll(
      qualysWasReport,
      report({ vulnerabilities: many.join(''), counters: [3000, 1, 1] }),
    );
    expect(findings).toHaveLength(3002);
    expect(findings[2999]).toMatchObject({ identity: '00000000-0000-4000-8000-000000002999', severity: 'critical' });
  });
});
