import { describe, expect, it } from 'vitest';
import { lynis } from '../../../src/scanners/report/lynis/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const lines = (...inner: string[]): string =>
  [
    '# Lynis Report',
    'report_version_major=1',
    'report_datetime_start=2026-11-02 10:00:00',
    'lynis_version=3.1.4',
    'hostname=build-17',
    ...inner,
    'lynis_tests_done=250',
    'report_datetime_end=2026-11-02 10:00:40',
    'hardening_index=63',
    'tests_executed=SSH-7408|BOOT-5104|',
    'finish=true',
    '',
  ].join('\n');
const warning = 'warning[]=MALW-3280|No malware scanner found|-|text:Install one.|';
const suggestion = 'suggestion[]=SSH-7408|Consider hardening SSH configuration|AllowTcpForwarding (set YES to NO)|-|';
const first = lines(
  warning,
  suggestion,
  'suggestion[]=AUTH-9286|Configure minimum password age|-|url:https://demo.example/age|',
  'manual[]=Look at the firewall by hand',
  'installed_package[]=a,1.0',
);

describeReader(lynis, {
  samples: [
    {
      name: 'warnings and suggestions',
      report: first,
      count: 3,
      findings: [
        {
          vulnerability: { source: 'lynis', id: 'MALW-3280', title: 'No malware scanner found', aliases: [] },
          kind: 'control',
          severity: 'unknown',
          vendorSeverity: 'warning',
          location: {
            kind: 'control',
            control: 'MALW-3280',
            subject: 'build-17',
            instance: 'No malware scanner found',
          },
          remediation: 'Install one.',
        },
        {
          vulnerability: {
            source: 'lynis',
            id: 'SSH-7408',
            title: 'Consider hardening SSH configuration',
            aliases: [],
          },
          kind: 'information',
          severity: 'unknown',
          vendorSeverity: 'suggestion',
          location: {
            kind: 'control',
            control: 'SSH-7408',
            subject: 'build-17',
            instance: 'AllowTcpForwarding (set YES to NO)',
          },
          remediation: 'Consider hardening SSH configuration',
          evidence: 'AllowTcpForwarding (set YES to NO)',
        },
        {
          vulnerability: {
            source: 'lynis',
            id: 'AUTH-9286',
            title: 'Configure minimum password age',
            aliases: [],
            links: ['https://demo.example/age'],
          },
          kind: 'information',
          severity: 'unknown',
          vendorSeverity: 'suggestion',
          location: {
            kind: 'control',
            control: 'AUTH-9286',
            subject: 'build-17',
            instance: 'Configure minimum password age',
          },
          remediation: 'Configure minimum password age',
        },
      ],
    },
    { name: 'a hardened host', report: lines(), count: 0 },
    { name: 'line ends of another system', report: first.replaceAll('\n', '\r\n'), count: 3 },
    {
      name: 'a value of several lines',
      report: lines(`${warning}\n  and more of it`, 'banner=first\nsecond'),
      count: 1,
    },
    {
      name: 'vulnerable packages',
      report: lines(
        'vulnerable_package[]=apt',
        'vulnerable_package[]=curl,7.88.1',
        'vulnerable_package[]=xz|1.2|cve=CVE-2099-0001,CVE-2099-0002|',
      ),
      count: 3,
    },
    {
      name: 'a test that could not do its work',
      report: lines(
        'exception_event[]=SSH-7404:1|no readable configuration file|',
        'exception_event[]=GetHostID|no id|',
      ),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'no test at all',
      report: lines().replace('lynis_tests_done=250', 'lynis_tests_done=0'),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    {
      name: 'a report that does not say who wrote it',
      report: lines().replace(/lynis_version=.*\n/, ''),
      count: 0,
      hasEvidence: false,
    },
  ],
  wrongTypes: [
    { name: 'a warning without a message', report: lines('warning[]=MALW-3280|-|-|-|') },
    { name: 'a suggestion without a test', report: lines('suggestion[]=|do it|-|-|') },
    { name: 'an empty warning', report: lines('warning[]=') },
    { name: 'a package without a name', report: lines('vulnerable_package[]=|1.0|') },
    { name: 'an end that is none', report: lines().replace('finish=true', 'finish=false') },
    { name: 'a line that is no entry', report: `log line\n${first}` },
    { name: 'two reports in one file', report: first + first },
  ],
});

describe('lynis', () => {
  it('says what was examined and with what, and no time without a zone', async () => {
    const { statement } = await readAll(lynis, first);
    expect(statement).toEqual({
      tool: { name: 'Lynis', version: '3.1.4' },
      subject: 'build-17',
      state: 'finish=true',
      evidence: 'Lynis finished 250 tests; hardening index 63',
      problems: [],
    });
  });

  it('refuses a report without its end mark: the scan may have been killed', async () => {
    await expect(readAll(lynis, first.replace('finish=true\n', ''))).rejects.toMatchObject({
      code: 'SCANGATE_REPORT_TRUNCATED',
    });
  });

  it('reads the levels of old versions', async () => {
    const { findings } = await readAll(
      lynis,
      lines('warning[]=AUTH-9216|M|grpck found errors|', 'warning[]=X-1|L|-|-|'),
    );
    expect(
      findings.map(({ severity, vendorSeverity, vulnerability }) => [severity, vendorSeverity, vulnerability.title]),
    ).toEqual([
      ['medium', 'M', 'grpck found errors'],
      ['unknown', 'warning', 'L'],
    ]);
  });

  it('reads the packages as each package manager names them', async () => {
    const { findings } = await readAll(
      lynis,
      lines(
        'vulnerable_package[]=apt',
        'vulnerable_package[]=curl,7.88.1',
        'vulnerable_package[]=xz|1.2|cve=CVE-2099-0001,CVE-2099-0002|',
      ),
    );
    expect(findings.map(({ kind, location, vulnerability }) => [kind, location, vulnerability.aliases])).toEqual([
      ['confirmed', { kind: 'package', name: 'apt', artifact: 'build-17' }, undefined],
      ['confirmed', { kind: 'package', name: 'curl', version: '7.88.1', artifact: 'build-17' }, undefined],
      [
        'confirmed',
        { kind: 'package', name: 'xz', version: '1.2', artifact: 'build-17' },
        ['CVE-2099-0001', 'CVE-2099-0002'],
      ],
    ]);
  });

  it('keeps the lines that go on with a warning', async () => {
    const { findings } = await readAll(lynis, lines('warning[]=X-1|message|-|text:do this\nand that|'));
    expect(findings[0]?.remediation).toBe('do this\nand that');
  });

  it('names the tests that met an exception', async () => {
    const { statement } = await readAll(lynis, lines('exception_event[]=SSH-7404:1|no readable configuration file|'));
    expect(statement.problems[0]?.message).toBe(
      '1 exception in tests, which did not see what they look for: SSH-7404:1 (no readable configuration file)',
    );
  });
});
