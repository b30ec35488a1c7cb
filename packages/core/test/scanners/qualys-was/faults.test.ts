import { describe, expect, it } from 'vitest';
import { ScangateError } from '../../../src/errors.js';
import { qualysWas } from '../../../src/scanners/qualys-was/index.js';
import { codesOf, collected, launched, planOf, SHOP, scanned, untilEnded, wasBench } from './support.js';

/** Scans without a fault, and collects with it. */
async function collectedUnder(...faults: string[]) {
  const bench = await wasBench();
  const { handle } = await untilEnded(await launched(bench), bench);
  await bench.faults(...faults);
  const outcome = await collected(handle, bench).then(
    (result) => result,
    (error: unknown) => {
      if (error instanceof ScangateError) return error;
      throw error;
    },
  );
  return { bench, outcome };
}

const whole = 33;

describe('how a scan may end', () => {
  it.each([
    ['scan-error', 'SCANGATE_SCAN_FAILED', 'ERROR, SCAN_INTERNAL_ERROR'],
    ['scan-error=word:SERVICE_ERROR', 'SCANGATE_SCAN_FAILED', 'ERROR, SERVICE_ERROR'],
    ['no-host-alive', 'SCANGATE_SCAN_NOTHING_REACHED', 'FINISHED, NO_HOST_ALIVE'],
    ['no-web-service', 'SCANGATE_SCAN_NOTHING_REACHED', 'FINISHED, NO_WEB_SERVICE'],
    ['cancelled', 'SCANGATE_SCAN_CANCELLED', 'CANCELED, CANCELED'],
    ['unknown-status', 'SCANGATE_SCAN_UNKNOWN_STATE', 'HIBERNATED, HIBERNATED'],
  ])('%s: nothing is judged, and the statement says %s', async (fault, code, state) => {
    const result = await scanned({ faults: [fault] }, { webApp: SHOP.webApp });
    expect(result.phases.at(-1)).toBe('ended');
    expect(result.states.at(-1)).toBe(state);
    expect(result.findings).toEqual([]);
    expect(result.statement.state).toBe(state);
    expect(codesOf(result)).toContain(code);
    expect((await result.bench.door()).running).toEqual([]);
  });

  it.each([
    ['time-limit', 'FINISHED, TIME_LIMIT_REACHED'],
    ['time-limit=word:TIME_LIMIT_EXCEEDED', 'FINISHED, TIME_LIMIT_EXCEEDED'],
    ['cancelled=word:CANCELED_WITH_RESULTS', 'CANCELED, CANCELED_WITH_RESULTS'],
  ])('%s: what was seen is judged, and the scan is incomplete', async (fault, state) => {
    const result = await scanned({ faults: [fault] }, { webApp: SHOP.webApp });
    expect(result.statement.state).toBe(state);
    expect(result.findings.length).toBeGreaterThan(5);
    expect(result.findings.length).toBeLessThan(whole);
    expect(codesOf(result)).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });

  it.each(['FAILED', 'PARTIAL'])('auth-failed: a login that is %s is told', async (word) => {
    const result = await scanned({ faults: [`auth-failed=word:${word}`] });
    expect(codesOf(result)).toEqual(['SCANGATE_SCAN_AUTH_FAILED']);
    expect(result.findings.length).toBeGreaterThan(20);
  });

  it('stuck-running: it is running for as long as anybody asks, and can be cancelled', async () => {
    const bench = await wasBench({ faults: ['stuck-running'] });
    const waited = await untilEnded(await launched(bench), bench, 3600);
    expect(waited.phases.at(-1)).toBe('running');
    await qualysWas.cancel(waited.handle, bench.services);
    expect((await bench.door()).running).toEqual([]);
    expect((await untilEnded(waited.handle, bench)).phases.at(-1)).toBe('ended');
  });

  it('processing-late: it has not ended before its results are there', async () => {
    const result = await scanned({ faults: ['processing-late'] });
    expect(result.phases.filter((phase) => phase === 'processing').length).toBeGreaterThan(10);
    expect(result.states).toContain('FINISHED, TO_BE_PROCESSED');
    expect(result.states).toContain('FINISHED, PROCESSING');
    expect(result.findings).toHaveLength(whole);
    expect(codesOf(result)).toEqual([]);
  });

  it('SCANNER_NOT_AVAILABLE: the scan has failed', async () => {
    const result = await scanned({}, { ...SHOP, scannerAppliance: 'cellar-scanner' });
    expect(codesOf(result)).toContain('SCANGATE_SCAN_FAILED');
  });

  it('discovery: it looked for no vulnerabilities, and says so', async () => {
    const result = await scanned({}, { ...SHOP, type: 'discovery' });
    expect(codesOf(result)).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
  });
});

describe('faults that pass', () => {
  it.each([
    ['rate-limited=times:1,route:search/was/finding'],
    ['rate-limited=times:1,route:knowledge_base'],
    ['concurrency=times:1,route:knowledge_base'],
    ['maintenance-503=times:1,route:download'],
    ['html-error=times:1,route:search/was/finding'],
    ['cut-socket'],
    ['cut-socket=times:1,route:knowledge_base'],
    ['cut-socket=times:2,route:download/was/wasscan'],
    ['truncated-page'],
    ['truncated-page=times:2,route:download/was/wasscan'],
    ['slow-body=times:1,seconds:2'],
    ['slow-body=times:1,seconds:2,route:download/was/wasscan'],
    ['single-object-list'],
    ['bad-base64'],
    ['bad-base64=word:junk'],
  ])('%s: the same findings', async (fault) => {
    const { outcome } = await collectedUnder(fault);
    if (outcome instanceof Error) throw outcome;
    expect(outcome.findings).toHaveLength(whole);
    expect(codesOf(outcome)).toEqual([]);
  });

  it('one element in place of a list, from the plan to the findings', async () => {
    const result = await scanned({ faults: ['single-object-list'] }, { ...SHOP, optionProfile: 9001 });
    expect(codesOf(result)).toEqual([]);
    expect(result.findings).toHaveLength(whole);
  });
});

describe('faults that do not pass', () => {
  it.each([
    ['repeated-page', 'SCANGATE_QUALYS_ANSWER'],
    ['missing-page', 'SCANGATE_QUALYS_ANSWER'],
    ['error-in-200', 'SCANGATE_QUALYS_'],
    ['maintenance-503', 'SCANGATE_QUALYS_UNAVAILABLE'],
    ['html-error', 'SCANGATE_QUALYS_UNAVAILABLE'],
    ['wrong-password', 'SCANGATE_QUALYS_REFUSED'],
    ['cut-socket=all', 'SCANGATE_HTTP_CUT'],
    ['cut-socket=times:all,route:download/was/wasscan', 'SCANGATE_HTTP_CUT'],
    ['truncated-page=all', 'SCANGATE_QUALYS_ANSWER'],
    ['truncated-page=times:all,route:download/was/wasscan', 'SCANGATE_QUALYS_ANSWER'],
  ])('%s: collecting fails with %s, and is never a short list', async (fault, code) => {
    const { outcome } = await collectedUnder(fault);
    expect(outcome).toBeInstanceOf(ScangateError);
    expect((outcome as ScangateError).code).toContain(code);
  });

  it.each(['maintenance-503', 'html-error', 'wrong-password', 'error-in-200=times:all,route:was'])(
    '%s: planning and asking fail too',
    async (fault) => {
      const bench = await wasBench();
      const handle = await launched(bench);
      await bench.faults(fault);
      await expect(planOf(SHOP, bench)).rejects.toBeInstanceOf(ScangateError);
      await expect(qualysWas.progress([handle], bench.services)).rejects.toBeInstanceOf(ScangateError);
      await expect(qualysWas.find(handle.plan, bench.services)).rejects.toBeInstanceOf(ScangateError);
      await expect(qualysWas.cancel(handle, bench.services)).rejects.toBeInstanceOf(ScangateError);
    },
  );

  it.each([
    'launch-lost-answer',
    'maintenance-503=times:1,route:launch',
    'html-error=times:1,route:launch',
    'cut-socket=times:1,route:launch',
    'truncated-page=times:1,route:launch',
    'error-in-200=times:1,route:launch',
  ])('%s: a launch is sent once, whatever becomes of it', async (fault) => {
    const bench = await wasBench({ faults: [fault] });
    const plan = await planOf(SHOP, bench);
    await expect(qualysWas.launch(plan, bench.services)).rejects.toBeInstanceOf(ScangateError);
    const { calls, launches } = await bench.door();
    expect(calls['POST /qps/rest/3.0/launch/was/wasscan']).toBe(1);
    expect(launches.length).toBeLessThanOrEqual(1);
    expect((await qualysWas.find(plan, bench.services)) !== undefined).toBe(launches.length === 1);
  });
});

describe('what does not add up', () => {
  it('counter-mismatch: the counters of the scan against its lists', async () => {
    const { outcome } = await collectedUnder('counter-mismatch');
    if (outcome instanceof Error) throw outcome;
    expect(outcome.findings).toHaveLength(whole);
    expect(codesOf(outcome)).toEqual(['SCANGATE_SCAN_COUNT_MISMATCH']);
  });

  it('unknown-severity: the finding is there, its severity unknown', async () => {
    const { outcome } = await collectedUnder('unknown-severity');
    if (outcome instanceof Error) throw outcome;
    expect(outcome.findings).toHaveLength(whole);
    const unknown = outcome.findings.filter(({ severity }) => severity === 'unknown');
    expect(unknown.map(({ vendorSeverity }) => vendorSeverity)).toEqual(['6']);
  });

  it('kb-missing-qid: the finding is there, without what only the KnowledgeBase knows', async () => {
    const { outcome, bench } = await collectedUnder('kb-missing-qid=qid:150003');
    if (outcome instanceof Error) throw outcome;
    expect(outcome.findings).toHaveLength(whole);
    expect(codesOf(outcome)).toEqual([]);
    const [finding] = outcome.findings;
    expect(finding).toMatchObject({ vulnerability: { id: '150003', title: 'SQL injection' }, severity: 'critical' });
    expect(finding?.vulnerability.aliases).toBeUndefined();
    expect([finding?.pci, finding?.remediation, finding?.impact]).toEqual([undefined, undefined, undefined]);
    expect(bench.log).toContain('the KnowledgeBase has nothing for QID 150003');
  });
});

describe('tokens', () => {
  it('expired-token: is renewed once in the middle of a scan', async () => {
    const bench = await wasBench({ credentials: 'client' });
    const { handle } = await untilEnded(await launched(bench), bench);
    await bench.faults('expired-token');
    expect((await collected(handle, bench)).findings).toHaveLength(whole);
  });
});
