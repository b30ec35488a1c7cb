import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../src/fingerprint.js';
import { severityOf } from '../../../src/scanners/qualys-pc/control.js';
import { exceptionOf } from '../../../src/scanners/qualys-pc/exception.js';
import { EVALUATED, type InfoParts, LAUNCHED, type PcParts, REFERENCE, SCANNED } from './platform.js';
import { codesOf, controlsOf, judged, POSTURE, refusal, SCAN, staged } from './support.js';

describe('the posture', () => {
  it('of a failed control is a finding with all that the platform says', async () => {
    const more = `<REMEDIATION><![CDATA[Set <b>PermitRootLogin</b> to no.]]></REMEDIATION><FIRST_FAIL_DATE>2031-01-02T03:04:05Z</FIRST_FAIL_DATE>
<EVIDENCE><BOOLEAN_EXPR><![CDATA[:dp_1 matches $tp_7]]></BOOLEAN_EXPR><DPV_LIST><DPV><LABEL>:dp_1</LABEL><V><![CDATA[yes <script>]]></V><ERROR>no file</ERROR></DPV></DPV_LIST></EVIDENCE>
<CAUSE_OF_FAILURE><UNEXPECTED><V>yes</V><V>maybe</V></UNEXPECTED><MISSING logic="OR"><V>no</V></MISSING></CAUSE_OF_FAILURE>`;
    const rationale =
      '<RATIONALE_LIST><RATIONALE><TECHNOLOGY_ID>12</TECHNOLOGY_ID><TEXT>Anybody could try.</TEXT></RATIONALE></RATIONALE_LIST>';
    const glossary = `<GLOSSARY><HOST_LIST><HOST><ID>501</ID><LAST_COMPLIANCE_SCAN_DATETIME>${SCANNED}</LAST_COMPLIANCE_SCAN_DATETIME></HOST></HOST_LIST>
<CONTROL_LIST><CONTROL><ID>1045</ID><STATEMENT>Root login</STATEMENT><CRITICALITY><LABEL>URGENT</LABEL><VALUE>5</VALUE></CRITICALITY>${rationale}</CONTROL></CONTROL_LIST>
<TECHNOLOGY_LIST><TECHNOLOGY><ID>12</ID><NAME>Debian 12</NAME></TECHNOLOGY></TECHNOLOGY_LIST><TP_LIST><TP><LABEL>$tp_7</LABEL><V>no</V></TP></TP_LIST></GLOSSARY>`;
    const infos: InfoParts[] = [{ id: 1, control: '1045', instance: 'os', status: 'Failed', more }];
    const { findings, statement } = await judged({ infos, glossary });
    expect(findings).toEqual([
      {
        vulnerability: { source: 'qualys-control', id: '1045', title: 'Root login' },
        kind: 'control',
        severity: 'critical',
        vendorSeverity: 'URGENT',
        ignored: undefined,
        state: 'Failed',
        firstSeen: '2031-01-02T03:04:05Z',
        lastSeen: EVALUATED,
        identity: '["991","build-10.example.test","1045","12","os"]',
        location: { kind: 'control', control: '1045', subject: 'build-10.example.test', instance: 'Debian 12, os' },
        description: 'Policy CIS Debian 12 (991)',
        impact: 'Anybody could try.',
        remediation: 'Set PermitRootLogin to no.',
        evidence: 'Found: yes <script>, error: no file\nExpected: no\nUnexpected: yes, maybe\nMissing: no',
      },
    ]);
    expect(statement).toEqual({
      tool: { name: 'Qualys PC' },
      subject: 'policy CIS Debian 12 on 192.0.2.10',
      reference: undefined,
      startedAt: undefined,
      finishedAt: SCANNED,
      state: 'current posture',
      evidence: 'The platform evaluated policy CIS Debian 12 (991): 1 failed on 1 host',
      problems: [],
    });
  });

  it('counts what is met as evidence, and names the scan', async () => {
    const { statement } = await judged({}, SCAN);
    expect(statement).toEqual({
      tool: { name: 'Qualys PC' },
      subject: 'policy CIS Debian 12 on 192.0.2.10',
      reference: REFERENCE,
      startedAt: LAUNCHED,
      finishedAt: SCANNED,
      state: 'Finished',
      evidence: 'The platform evaluated policy CIS Debian 12 (991): 1 passed, 2 failed on 1 host',
      problems: [],
    });
  });

  it('in error is a finding and a problem; left out it is neither open nor a problem', async () => {
    const infos: InfoParts[] = [{ id: 1, control: '4000', status: 'Error' }];
    const open = await judged({ infos });
    expect([open.findings.map(({ state, ignored }) => [state, ignored]), codesOf(open)]).toEqual([
      [['Error', undefined]],
      ['SCANGATE_SCAN_INCOMPLETE'],
    ]);
    const left = await judged({ infos }, { ...POSTURE, controls: { exclude: [4000] } });
    expect([left.findings.map(({ ignored }) => ignored !== undefined), codesOf(left)]).toEqual([[true], []]);
    expect(left.statement.evidence).toContain('1 in error, 1 left out by the target on 1 host');
  });

  it.each([
    ['Passed?', 'SCANGATE_SCAN_UNKNOWN_STATE'],
    ['Not Applicable', 'SCANGATE_SCAN_UNKNOWN_STATE'],
    ['toString', 'SCANGATE_SCAN_UNKNOWN_STATE'],
  ])('in the unknown state %s is a finding and a problem', async (status, code) => {
    const result = await judged({ infos: [{ id: 1, control: '1', status }] });
    expect([result.findings.map(({ state }) => state), codesOf(result)]).toEqual([[status], [code]]);
  });

  it('with an exception that nobody can read counts, and says so', async () => {
    const exception = '<EXCEPTION><STATUS>Approved</STATUS><END_DATE>some day</END_DATE></EXCEPTION>';
    const infos: InfoParts[] = [
      { id: 1, control: '1', status: 'Failed', more: exception },
      { id: 2, control: '2', status: 'Passed', more: exception.replace('Approved', 'Blessed') },
    ];
    const result = await judged({ infos });
    expect([controlsOf(result), result.findings[0]?.ignored]).toEqual([['1'], undefined]);
    expect(result.statement.problems.map(({ message }) => message)).toEqual([
      '2 exceptions of policy CIS Debian 12 (991) cannot be read: 1 on build-10.example.test (exception that ends "some day"), 2 on build-10.example.test (exception with the status "Blessed")',
    ]);
  });

  it('names every control that the target asks for and nobody looked at', async () => {
    const result = await judged({}, { ...POSTURE, controls: { include: [1045, 104, 10451] } });
    expect([controlsOf(result), codesOf(result)]).toEqual([['1045'], ['SCANGATE_SCAN_INCOMPLETE']]);
    expect(result.statement.problems[0]?.message).toBe(
      'without a result, of controls.include: 104 on build-10.example.test, 10451 on build-10.example.test',
    );
    expect(result.statement.evidence).toContain('1 failed, 2 results of other controls not asked for on 1 host');
  });

  it('of other hosts than those asked for is nobody’s', async () => {
    const infos: InfoParts[] = [
      { id: 1, control: '1', status: 'Passed' },
      { id: 2, control: '1', host: '999', status: 'Failed' },
    ];
    const result = await judged({ infos });
    expect([result.findings, codesOf(result)]).toEqual([[], []]);
  });

  it('of a policy that is not active is a problem', async () => {
    const policies = [{ id: '991', title: 'CIS Debian 12', status: 'inactive' }];
    expect(codesOf(await judged({ policies }))).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });
});

describe('what is missing', () => {
  const hosts = [
    { id: '501', ip: '192.0.2.10' },
    { id: '502', ip: '192.0.2.11' },
  ];

  it('a host that the platform does not know', async () => {
    const result = await judged({}, { ...POSTURE, host: '192.0.2.77' });
    expect([result.findings, result.statement.evidence, codesOf(result)]).toEqual([
      [],
      undefined,
      ['SCANGATE_SCAN_UNKNOWN_TARGET'],
    ]);
  });

  it('a host without a result', async () => {
    const { host: _, ...rest } = POSTURE;
    const result = await judged({ hosts }, { ...rest, assetGroups: [71] });
    expect(codesOf(result)).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
    expect(result.statement.problems[0]?.message).toContain('has no result for 1 host: 192.0.2.11');
  });

  it('any host at all', async () => {
    const { host: _, ...rest } = POSTURE;
    const result = await judged({ hosts: [] }, { ...rest, hostTags: { include: ['build'] } });
    expect([codesOf(result), result.statement.evidence]).toEqual([['SCANGATE_SCAN_UNKNOWN_TARGET'], undefined]);
  });

  it.each<[string, PcParts, string[]]>([
    ['the summary', { totals: undefined }, ['SCANGATE_SCAN_INCOMPLETE']],
    ['results that the summary counts', { totals: { TOTAL: 4 } }, ['SCANGATE_SCAN_COUNT_MISMATCH']],
    ['failures that the summary counts', { totals: { TOTAL: 3, TOTAL_FAILED: 3 } }, ['SCANGATE_SCAN_COUNT_MISMATCH']],
    ['nothing, where exceptions are counted apart', { totals: { TOTAL: 3, TOTAL_FAILED: 1 } }, []],
    [
      'what the platform warns of',
      { postureMore: '<WARNING_LIST><WARNING><TEXT>some hosts were left out</TEXT></WARNING></WARNING_LIST>' },
      ['SCANGATE_SCAN_INCOMPLETE'],
    ],
  ])('%s', async (_, parts, codes) => {
    expect(codesOf(await judged(parts))).toEqual(codes);
  });

  it.each([
    ['2031-02-02T05:00:00Z', '24h', []],
    ['2031-02-02T04:00:00Z', '24h', ['SCANGATE_SCAN_STALE']],
    ['2031-01-28T04:00:00Z', undefined, []],
    ['2031-01-26T04:00:00Z', undefined, ['SCANGATE_SCAN_STALE']],
    ['', undefined, ['SCANGATE_SCAN_STALE']],
    ['yesterday', undefined, ['SCANGATE_SCAN_STALE']],
  ])('a scan later than %s, with maxAge %s', async (scanned, maxAge, codes) => {
    const known = [{ id: '501', ip: '192.0.2.10', scanned }];
    expect(codesOf(await judged({ hosts: known }, { ...POSTURE, maxAge }))).toEqual(codes);
  });
});

describe('pages', () => {
  const infos: InfoParts[] = Array.from({ length: 23 }, (_, at) => ({
    id: 100 + at,
    control: String(2000 + at),
    status: at % 2 === 0 ? 'Failed' : 'Passed',
  }));

  it('are all read, each asked for as the first one was', async () => {
    const { stage, collect } = await staged({ infos, pageSize: 5 });
    const result = await collect();
    expect([controlsOf(result).length, codesOf(result)]).toEqual([12, []]);
    const asked = stage.requests.filter(({ path }) => path.includes('/posture/')).map(({ body }) => body);
    const first = asked[0] ?? '';
    expect(asked).toEqual([first, ...[105, 110, 115, 120].map((id) => `${first}&id_min=${id}`)]);
    expect(first).toContain('host_ids=501');
  });

  it('are the same findings, however long they are', async () => {
    const whole = (await judged({ infos })).findings;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (pageSize) => {
        expect((await judged({ infos, pageSize })).findings).toEqual(whole);
      }),
      { numRuns: 12 },
    );
  });

  it('are followed on the platform only', async () => {
    const { collect, stage } = await staged({ infos, pageSize: 5, nextOrigin: 'https://elsewhere.example.test' });
    expect(await refusal(collect())).toBe('SCANGATE_HTTP_ORIGIN');
    expect(stage.requests.filter(({ path }) => path.includes('/posture/'))).toHaveLength(1);
  });
});

describe('the results of a scan', () => {
  const withAppendix = (appendix: string): PcParts => ({
    results: `<COMPLIANCE_SCAN><HEADER/><APPENDIX>${appendix}</APPENDIX></COMPLIANCE_SCAN>`,
  });

  it.each([
    ['<AUTHENTICATION><AUTH><FAILED><IP>192.0.2.10</IP></FAILED></AUTH></AUTHENTICATION>', 'SCANGATE_SCAN_AUTH_FAILED'],
    ['<AUTHENTICATION><INSUFFICIENT>192.0.2.10</INSUFFICIENT></AUTHENTICATION>', 'SCANGATE_SCAN_AUTH_FAILED'],
    ['<TARGET_HOSTS><HOSTS_NOT_ALIVE>192.0.2.10</HOSTS_NOT_ALIVE></TARGET_HOSTS>', 'SCANGATE_SCAN_INCOMPLETE'],
    ['<TARGET_HOSTS><HOSTS_SCAN_ABORTED>192.0.2.10</HOSTS_SCAN_ABORTED></TARGET_HOSTS>', 'SCANGATE_SCAN_INCOMPLETE'],
  ])('%s', async (appendix, code) => {
    expect(codesOf(await judged(withAppendix(appendix), SCAN))).toEqual([code]);
  });

  it('without shortfalls are none', async () => {
    const appendix = '<AUTHENTICATION><AUTH><FAILED/></AUTH></AUTHENTICATION>';
    expect(codesOf(await judged(withAppendix(appendix), SCAN))).toEqual([]);
  });

  it('under another root are refused', async () => {
    const { platform, collect } = await staged({}, SCAN);
    const answer = platform.answer.bind(platform);
    platform.answer = (request) => (request.body.includes('action=fetch') ? '<SCAN><HEADER/></SCAN>' : answer(request));
    expect(await refusal(collect())).toBe('SCANGATE_QUALYS_ANSWER');
  });
});

describe('criticality', () => {
  it.each([
    ['URGENT', '5', 'critical'],
    ['CRITICAL', '4', 'high'],
    ['SERIOUS', '3', 'medium'],
    ['MEDIUM', '2', 'low'],
    ['MINIMAL', '1', 'info'],
    ['MINIMAL', '0', 'info'],
    ['Urgent', undefined, 'critical'],
    [undefined, '4', 'high'],
    ['Very bad', '4', 'high'],
    ['SERIOUS', '5', 'unknown'],
    ['Very bad', undefined, 'unknown'],
    ['UNDEFINED', '0', 'unknown'],
    [undefined, '6', 'unknown'],
    ['toString', undefined, 'unknown'],
    [undefined, undefined, 'unknown'],
  ])('%s with the number %s is %s', (label, value, severity) => {
    expect(severityOf({ label, value })).toBe(severity);
  });
});

describe('laws', () => {
  it('no two results of different places share a fingerprint, and the same place keeps its own', async () => {
    const place = fc.record({
      control: fc.integer({ min: 1, max: 30 }).map(String),
      technology: fc.integer({ min: 1, max: 3 }).map(String),
      instance: fc.constantFrom('a', 'b', 'a, b', 'a","b', undefined),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(place, { selector: (one) => JSON.stringify(one), maxLength: 12 }),
        async (places) => {
          const infos = (first: number): InfoParts[] =>
            places.map(({ control, technology, instance }, at) => ({
              id: first + at,
              control,
              technology,
              status: 'Failed',
              ...(instance === undefined ? {} : { instance }),
            }));
          const prints = async (first: number) =>
            (await judged({ infos: infos(first) })).findings.map((finding) => fingerprintOf(finding, 'qualys-pc', 'x'));
          const found = await prints(1);
          expect(new Set(found).size).toBe(places.length);
          expect(await prints(5000)).toEqual(found);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('an exception sets a result aside only while it is approved and lasts', () => {
    const now = Date.UTC(2031, 1, 3);
    const text = (name: string, value: string) => ({ name, attributes: {}, children: [], text: value });
    fc.assert(
      fc.property(
        fc.constantFrom('Approved', 'Pending', 'Rejected', 'Expired', 'approved', 'Revoked', ''),
        fc.date({ min: new Date('2030-01-01'), max: new Date('2032-01-01'), noInvalidDate: true }),
        (status, end) => {
          const date = `${end.toISOString().slice(0, 19)}Z`;
          const children = [text('STATUS', status), text('END_DATE', date)];
          const { kind } = exceptionOf({ name: 'EXCEPTION', attributes: {}, children, text: '' }, now);
          const holds = status.toLowerCase() === 'approved' && Date.parse(date) > now;
          expect(kind === 'set aside').toBe(holds);
        },
      ),
    );
  });
});
