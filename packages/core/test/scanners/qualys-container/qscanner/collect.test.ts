import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QScannerSettings } from '../../../../src/scanners/qualys-container/qscanner/settings.js';
import { files, gate, performed, refusalOf, result, START_MS, sarif, scan } from './support.js';

const ID = `sha256:${'c'.repeat(64)}`;
const HIGH = { severity: 4, customerSeverity: 3, qds: 71, 'cve-ids': ['CVE-2099-0001'] };
const flawed = sarif([{ id: 990001, properties: HIGH }]);
const codesOf = (problems: readonly { code: string }[]): string[] => problems.map(({ code }) => code);
const types = (...names: string[]): object => ({ ScansPerformed: names.map((name) => performed(name)) });

const secretFile = {
  Target: 'app/.env',
  Secrets: [{ RuleID: 'aws-key', Category: 'AWS', Severity: 'HIGH', Title: 'AWS key', StartLine: 3, EndLine: 3 }],
};
const malwareFile = {
  Target: 'usr/bin/miner',
  Malware: [{ Name: 'Demo.Miner', Category: 'miner', Severity: 5 }],
};

const KB = `<?xml version="1.0"?><KNOWLEDGE_BASE_VULN_LIST_OUTPUT><RESPONSE><VULN_LIST><VULN>
<QID>990001</QID><VULN_TYPE>Vulnerability</VULN_TYPE><SEVERITY_LEVEL>5</SEVERITY_LEVEL><TITLE>Demo library flaw</TITLE>
<PATCHABLE>1</PATCHABLE><CVE_LIST><CVE><ID>CVE-2099-0001</ID></CVE><CVE><ID>CVE-2099-0002</ID></CVE></CVE_LIST>
<DIAGNOSIS>It overflows.</DIAGNOSIS><CONSEQUENCE>Code runs.</CONSEQUENCE><SOLUTION>Update.</SOLUTION>
<CVSS_V3><BASE>9.8</BASE><VECTOR_STRING>CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H</VECTOR_STRING><CVSS3_VERSION>3.1</CVSS3_VERSION></CVSS_V3>
<PCI_FLAG>1</PCI_FLAG><THREAT_INTELLIGENCE><THREAT_INTEL id="2">Exploit_Public</THREAT_INTEL>
<THREAT_INTEL id="3">Active_Attacks</THREAT_INTEL></THREAT_INTELLIGENCE></VULN></VULN_LIST></RESPONSE></KNOWLEDGE_BASE_VULN_LIST_OUTPUT>`;
const withKnowledge = { answer: ({ path }: { path: string }) => (path.includes('knowledge_base') ? KB : undefined) };

describe('what is collected', () => {
  it('joins vulnerabilities, secrets and malware with what the KnowledgeBase knows', async () => {
    const text = result({
      ...types('OS', 'SCA', 'Secret', 'Malware'),
      SecretResults: [secretFile],
      MalwareResults: [malwareFile],
    });
    const settings = { scanTypes: ['pkg', 'secret', 'malware'] };
    expect(await scan({ settings, runs: [{ files: files(text, flawed) }], ...withKnowledge })).toEqual({
      findings: [
        {
          vulnerability: { source: 'qscanner', id: 'aws-key', title: 'AWS key', aliases: [] },
          kind: 'secret',
          severity: 'high',
          vendorSeverity: 'HIGH',
          location: { kind: 'file', path: 'app/.env', line: 3, endLine: 3 },
          description: 'AWS',
          remediation: 'Revoke the secret, then remove it from the file, its history and every image layer.',
        },
        {
          vulnerability: { source: 'qscanner', id: 'Demo.Miner', title: 'malware: Demo.Miner', aliases: [] },
          kind: 'confirmed',
          severity: 'critical',
          vendorSeverity: '5',
          location: { kind: 'file', path: 'usr/bin/miner' },
          description: 'miner',
          remediation: 'Remove the file, and find out which layer and which source brought it.',
        },
        {
          vulnerability: {
            source: 'qualys',
            id: '990001',
            title: 'flaw 990001',
            aliases: ['CVE-2099-0001', 'CVE-2099-0002'],
          },
          kind: 'confirmed',
          severity: 'high',
          vendorSeverity: '4',
          qds: 71,
          cvss: [{ version: '3.1', score: 9.8, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
          pci: true,
          knownExploited: true,
          fix: { available: true, version: '1.2' },
          location: { kind: 'package', name: 'libdemo', version: '1.0', layer: 'sha256:a1' },
          description: 'flaw 990001',
          impact: 'Code runs.\nThreats: Exploit Public, Active Attacks.',
          remediation: 'Update libdemo to 1.2.',
          evidence: 'a flaw',
        },
      ],
      statement: {
        tool: { name: 'QScanner', version: '5.0.0' },
        subject: 'shop:1.4',
        reference: ID,
        startedAt: '2031-02-03T04:05:06Z',
        finishedAt: '2031-02-03T04:05:15Z',
        state: 'exit 0',
        evidence:
          'QScanner 5.0.0 performed OS (SUCCESS), SCA (SUCCESS), Secret (SUCCESS), Malware (SUCCESS); 1 run of QScanner with a list of results (1 result)',
        problems: [],
      },
    });
  });

  it('keeps findings whole where the account may not read the KnowledgeBase', async () => {
    const { findings, statement } = await scan({
      runs: [{ files: files(result(), flawed) }],
      answer: ({ path }) =>
        path.includes('knowledge_base')
          ? '<SIMPLE_RETURN><RESPONSE><CODE>2012</CODE><TEXT>User has no permission</TEXT></RESPONSE></SIMPLE_RETURN>'
          : undefined,
    });
    expect([findings.length, findings[0]?.cvss, findings[0]?.severity, statement.problems]).toEqual([
      1,
      undefined,
      'high',
      [],
    ]);
  });

  it('never judges without the KnowledgeBase because it failed by chance', async () => {
    const { code } = await refusalOf(scan({ runs: [{ files: files(result(), flawed) }] }));
    expect(code).toBe('SCANGATE_QUALYS_REQUEST');
  });

  it('does not ask the KnowledgeBase when there is nothing to ask', async () => {
    expect((await scan()).findings).toEqual([]);
  });

  it.each([
    ['vendor', ['high', '4']],
    ['customer', ['medium', '3']],
  ] as const)('takes the severity of the %s', async (severitySource, expected) => {
    const { findings } = await scan({
      settings: { severitySource },
      runs: [{ files: files(result(), flawed) }],
      ...withKnowledge,
    });
    expect([findings[0]?.severity, findings[0]?.vendorSeverity]).toEqual(expected);
  });

  it('says what the configuration leaves out, and whose severities these are', async () => {
    const settings: QScannerSettings = {
      excludeDirs: ['/opt'],
      excludeFiles: ['a.bin'],
      offline: true,
      severitySource: 'customer',
    };
    expect((await scan({ settings })).statement.evidence).toBe(
      'QScanner 5.0.0 performed OS (SUCCESS), SCA (SUCCESS), SECRET (SUCCESS); ' +
        '1 run of QScanner with a list of results (0 results); severities are those of the subscription; ' +
        'left out by the configuration: folder /opt, file a.bin, names of JAR files that only the network knows',
    );
  });
});

describe('scans that were asked for', () => {
  it.each<[string, string[], object, string[]]>([
    ['a package scan as a whole', ['pkg'], types('pkg'), []],
    ['a package scan in its parts', ['pkg'], types('OS', 'SCA'), []],
    ['parts by the whole', ['os', 'sca'], types('PKG'), []],
    ['words in another form', ['secret', 'fileinsight'], types('Secrets', 'File-Insight'), []],
    ['metadata besides', ['pkg'], types('OS', 'SCA', 'Metadata'), []],
    ['half a package scan', ['pkg'], types('SCA'), ['SCANGATE_SCAN_INCOMPLETE']],
    ['no scan of secrets', ['pkg', 'secret'], types('OS', 'SCA'), ['SCANGATE_SCAN_INCOMPLETE']],
    ['no scan at all', ['pkg'], { ScansPerformed: [] }, ['SCANGATE_SCAN_INCOMPLETE']],
    ['not a word on scans', ['pkg'], { ScansPerformed: undefined }, ['SCANGATE_SCAN_INCOMPLETE']],
    ['malware that nobody lists', ['malware'], types('malware'), ['SCANGATE_SCAN_INCOMPLETE']],
    ['compliance that nobody lists', ['compliance'], types('compliance'), ['SCANGATE_SCAN_INCOMPLETE']],
    ['a scan that nobody knows', ['pkg'], types('pkg', 'quantum'), ['SCANGATE_SCAN_INCOMPLETE']],
    ['malware, of which there is none', ['malware'], { ...types('malware'), MalwareResults: null }, []],
    ['a scan that failed', ['pkg'], { ScansPerformed: [performed('pkg', 'FAILED')] }, ['SCANGATE_SCAN_FAILED']],
    [
      'a scan in a state that nobody knows',
      ['pkg'],
      { ScansPerformed: [performed('pkg', 'DONE')] },
      ['SCANGATE_SCAN_UNKNOWN_STATE'],
    ],
    [
      'a partial scan',
      ['pkg'],
      { ScansPerformed: [performed('pkg', 'SUCCESS', 'timeout')] },
      ['SCANGATE_SCAN_INCOMPLETE'],
    ],
  ])('%s', async (_, scanTypes, change, codes) => {
    const scene = { settings: { scanTypes }, runs: [{ files: files(result(change)) }] };
    expect(codesOf((await scan(scene)).statement.problems)).toEqual(codes);
    expect((await gate(scene)).exit).toBe(codes.length === 0 ? 'pass' : 'inconclusive');
  });

  it('does not ask for an operating system in a repository', async () => {
    const scene = { settings: { repo: '.', scanTypes: ['pkg'] }, runs: [{ files: files(result(types('SCA'))) }] };
    expect((await scan(scene)).statement.problems).toEqual([]);
  });

  it('names what is missing, and the mend', async () => {
    const { statement } = await scan({ runs: [{ files: files(result(types('SCA'))) }] });
    expect(statement.problems).toEqual([
      {
        code: 'SCANGATE_SCAN_INCOMPLETE',
        message: 'scans that were asked for are not among those that QScanner performed: os, secret',
        mend: 'look whether the subscription and the release have them; take out of qscanner.scanTypes what is not wanted',
      },
    ]);
  });
});

describe('reports that are not those of this scan', () => {
  const whole = files();
  const without = (ending: string): Record<string, string> =>
    Object.fromEntries(Object.entries(whole).filter(([name]) => !name.endsWith(ending)));

  it.each<[string, Record<string, string>, string]>([
    ['no file at all', {}, 'SCANGATE_PROGRAM_NO_REPORT'],
    ['no result', without('-ScanResult.json'), 'SCANGATE_PROGRAM_NO_REPORT'],
    ['no findings', without('.sarif.json'), 'SCANGATE_PROGRAM_NO_REPORT'],
    ['findings of two artefacts', { ...whole, 'b-Report.sarif.json': sarif() }, 'SCANGATE_REPORT_AMBIGUOUS'],
    ['an empty result', files(''), 'SCANGATE_PROGRAM_NO_REPORT'],
    ['a result of blanks', files('  '), 'SCANGATE_REPORT_EMPTY'],
    ['a result that breaks off', files(result().slice(0, -2)), 'SCANGATE_REPORT_TRUNCATED'],
    ['empty findings', files(result(), ''), 'SCANGATE_PROGRAM_NO_REPORT'],
    ['findings of blanks', files(result(), '  '), 'SCANGATE_REPORT_EMPTY'],
    ['findings that break off', files(result(), flawed.slice(0, -9)), 'SCANGATE_REPORT_TRUNCATED'],
    [
      'findings of another tool',
      files(result(), sarif([], { tool: { driver: { name: 'Other' } } })),
      'SCANGATE_REPORT_FOREIGN',
    ],
    [
      'a result of a release that nobody knows',
      files(result({ QScannerVersion: '9.0.0' })),
      'SCANGATE_PROGRAM_VERSION',
    ],
    ['a result without a release', files(result({ QScannerVersion: undefined })), 'SCANGATE_PROGRAM_VERSION'],
    ['a result of another release', files(result({ QScannerVersion: '4.6.0' })), 'SCANGATE_PROGRAM_VERSION'],
    ['results in a form that nobody knows', files(result({ ComplianceResults: [{ id: 1 }] })), 'SCANGATE_REPORT_SHAPE'],
  ])('%s', async (_, written, code) => {
    expect((await refusalOf(scan({ runs: [{ files: written }], ...withKnowledge }))).code).toBe(code);
    expect((await gate({ runs: [{ files: written }], ...withKnowledge })).exit).toBe('inconclusive');
  });

  it.each([
    [-2_000, []],
    [-2_001, ['SCANGATE_SCAN_STALE']],
    [-86_400_000, ['SCANGATE_SCAN_STALE']],
  ])('compares its times with those of the run: %i ms', async (ms, codes) => {
    const change = { Metadata: { ScanStartTime: new Date(START_MS + ms).toISOString() } };
    const { exit, codes: found } = await gate({ runs: [{ files: files(result(change)) }] });
    expect([exit, found]).toEqual([codes.length === 0 ? 'pass' : 'inconclusive', codes]);
  });

  it('says what is there when the report is not', async () => {
    const written = without('.sarif.json');
    expect(await refusalOf(scan({ runs: [{ files: written, stderr: 'a\nb\nc\nno report today' }] }))).toEqual({
      code: 'SCANGATE_PROGRAM_NO_REPORT',
      message:
        'QScanner wrote no *-Report.sarif.json, only shop_1.4-ScanResult.json (706 bytes), shop_1.4.db.xz (17 bytes); it ended with status 0: b | c | no report today',
      mend: 'read what it printed; a scan without a report says nothing',
    });
  });

  it.each([
    ['no run', JSON.stringify({ version: '2.1.0', runs: [] }), 'SCANGATE_REPORT_FOREIGN'],
    ['no list of results', sarif([], { results: undefined }), 'SCANGATE_SCAN_NO_EVIDENCE'],
  ])('%s in the findings is no empty list', async (_, text, code) => {
    expect((await gate({ runs: [{ files: files(result(), text) }] })).codes).toEqual([code]);
  });

  it.each<[string, object, object, boolean]>([
    ['the digest of the report', { digest: `sha256:${'d'.repeat(64)}` }, {}, true],
    ['the id of the result', { image: 'cccccccccccc' }, {}, true],
    ['the id beside a moved tag', { digest: ID }, { RepoTags: ['other:2'] }, true],
    [
      'a digest of the repository',
      { digest: `sha256:${'e'.repeat(64)}` },
      { RepoDigests: [`shop@sha256:${'e'.repeat(64)}`] },
      true,
    ],
    ['the name among others', {}, { RepoTags: ['<none>:<none>', 'shop:1.4'] }, true],
    ['the name in full', { image: 'shop' }, { RepoTags: ['docker.io/library/shop:latest'] }, true],
    ['a name that the result does not tell', {}, {}, true],
    ['another digest', { digest: `sha256:${'f'.repeat(64)}` }, {}, false],
    ['another id', { image: 'ffffffffffff' }, {}, false],
    ['another tag', {}, { RepoTags: ['shop:1.5'] }, false],
    ['another repository', {}, { RepoTags: ['shops:1.4'] }, false],
    ['another registry', { image: 'registry.example:5000/shop:1.4' }, { RepoTags: ['shop:1.4'] }, false],
    ['a tag that is not the latest', { image: 'shop' }, { RepoTags: ['shop:1.4'] }, false],
  ])('compares the image with what was asked for: %s', async (_, target, more, isSame) => {
    const Target = { ImageID: ID, ...more };
    const scene = { target, runs: [{ files: files(result({ Metadata: { Target } })) }] };
    expect(await gate(scene)).toMatchObject(
      isSame ? { exit: 'pass', codes: [] } : { exit: 'inconclusive', codes: ['SCANGATE_REPORT_FOREIGN'] },
    );
  });

  it('cannot tell a digest of a file system, and says so', async () => {
    const runs = [{ files: files(result({ Metadata: {} })) }];
    const { codes } = await gate({ target: { digest: ID }, settings: { rootfs: 'root' }, runs });
    expect(codes).toEqual(['SCANGATE_REPORT_FOREIGN']);
  });
});

describe('exit statuses', () => {
  it('are an error unless they are 0, 42 or 43, whatever the files say', async () => {
    const status = fc.integer({ min: 1, max: 255 }).filter((number) => number !== 42 && number !== 43);
    await fc.assert(
      fc.asyncProperty(status, async (number) => {
        const { code, message } = await refusalOf(scan({ runs: [{ status: number, files: files() }] }));
        const isTold = message.includes(`: it ended with status ${number}: `);
        expect([code, isTold]).toEqual(['SCANGATE_PROGRAM_FAILED', true]);
      }),
      { numRuns: 60 },
    );
  });

  it.each<[number, string]>([
    [2, 'a parameter that is not valid'],
    [6, 'the image could not be read'],
    [15, 'no operating system was found'],
    [39, 'the result on secrets could not be uploaded'],
    [50, 'with a status that is not known'],
  ])('%i says what it means', async (status, meaning) => {
    const { message } = await refusalOf(scan({ runs: [{ status, stderr: 'why it failed' }] }));
    expect(message).toBe(`QScanner failed, ${meaning}: it ended with status ${status}: why it failed`);
  });

  it('are missing after a signal', async () => {
    const { code, message } = await refusalOf(scan({ runs: [{ signal: 'SIGSEGV', files: files() }] }));
    expect([code, message]).toEqual([
      'SCANGATE_PROGRAM_FAILED',
      'QScanner failed: it ended with signal SIGSEGV: it printed nothing',
    ]);
  });
});

describe('the policy of the platform', () => {
  const denied = (more: object = {}) => ({
    settings: { mode: 'evaluate-policy' as const, ...more },
    runs: [{ status: 42, files: files(), stdout: 'Policy evaluation: DENY by rule "no critical"' }],
  });
  const audited = (onAudit?: 'pass' | 'warn' | 'fail') => ({
    settings: { mode: 'evaluate-policy' as const, onAudit },
    runs: [{ status: 43, files: files() }],
  });

  it('allows', async () => {
    const { exit, verdict } = await gate({ settings: { mode: 'evaluate-policy' } });
    expect([exit, verdict.targets[0]?.scan.state]).toEqual(['pass', 'exit 0, ALLOW']);
  });

  it('denies: a control that failed, and a problem', async () => {
    const { findings, statement } = await scan(denied());
    expect(findings).toEqual([
      {
        vulnerability: { source: 'qscanner', id: 'policy-deny', title: 'Qualys policy evaluation: DENY', aliases: [] },
        kind: 'control',
        severity: 'critical',
        vendorSeverity: 'DENY',
        state: 'fail',
        location: { kind: 'control', control: 'policy evaluation' },
        description: 'A centralised policy of the Qualys platform does not let this through.',
        remediation: 'Mend what the policy names, or change the policy on the platform.',
        evidence: 'QScanner ended with status 42: Policy evaluation: DENY by rule "no critical"',
      },
    ]);
    expect([statement.state, codesOf(statement.problems)]).toEqual(['exit 42, DENY', ['SCANGATE_SCAN_DENIED']]);
  });

  it('fails the gate by the rules that count it', async () => {
    const { exit, observed, codes } = await gate(denied());
    expect([exit, observed, codes]).toEqual([
      'fail',
      { 'nothing critical': 1 },
      ['SCANGATE_RULE_VIOLATED', 'SCANGATE_SCAN_DENIED'],
    ]);
  });

  it.each(['inconclusive', 'fail', 'warn'])(
    'fails where no rule counts it and onIncomplete is %s',
    async (onIncomplete) => {
      const rules = [{ name: 'one CVE', select: { cve: 'CVE-2099-9999' }, max: 0 }];
      const { exit } = await gate(denied(), { rules, onIncomplete });
      expect(exit).toBe('fail');
    },
  );

  it('denies in a mode that did not ask, too', async () => {
    expect((await gate(denied({ mode: undefined }))).exit).toBe('fail');
  });

  it('denies without a report, too', async () => {
    const scene = { ...denied(), runs: [{ status: 42 }] };
    expect(await gate(scene)).toMatchObject({
      exit: 'fail',
      codes: ['SCANGATE_RULE_VIOLATED', 'SCANGATE_SCAN_DENIED', 'SCANGATE_PROGRAM_NO_REPORT'],
    });
  });

  it('gives no verdict: inconclusive until the configuration says what that means', async () => {
    const { exit, codes, verdict } = await gate(audited());
    expect([exit, codes, verdict.targets[0]?.scan.state]).toEqual([
      'inconclusive',
      ['SCANGATE_SCAN_UNDECIDED'],
      'exit 43, AUDIT',
    ]);
  });

  it.each([
    ['pass', 'pass', []],
    ['warn', 'pass', ['policy-audit information info']],
    ['fail', 'fail', ['policy-audit control critical']],
  ] as const)('onAudit: %s', async (onAudit, exit, expected) => {
    const { findings } = await scan(audited(onAudit));
    const words = findings.map(({ vulnerability, kind, severity }) => `${vulnerability.id} ${kind} ${severity}`);
    expect(words).toEqual(expected);
    expect((await gate(audited(onAudit))).exit).toBe(exit);
  });

  it('onAudit: warn is a warning, and the view is whole', async () => {
    const { verdict } = await gate(audited('warn'));
    expect([verdict.outcome, verdict.targets[0]?.state, verdict.rules[0]?.outcome]).toEqual([
      'warn',
      'complete',
      'pass',
    ]);
    expect(verdict.reasons.map(({ outcome, code }) => [outcome, code])).toEqual([['warn', 'SCANGATE_SCAN_AUDITED']]);
  });

  it('onAudit: warn is counted by a rule that asks for it', async () => {
    const rule = { name: 'audited', include: ['information'], select: { id: 'policy-audit' }, max: 0, action: 'warn' };
    const { verdict } = await gate(audited('warn'), { rules: [rule] });
    expect(verdict.outcome).toBe('warn');
  });

  it('never passes on a report that is missing, whatever onAudit says', async () => {
    for (const onAudit of ['pass', 'warn', 'fail'] as const) {
      const { exit } = await gate({ ...audited(onAudit), runs: [{ status: 43 }] });
      expect(exit).toBe(onAudit === 'fail' ? 'fail' : 'inconclusive');
    }
  });
});
