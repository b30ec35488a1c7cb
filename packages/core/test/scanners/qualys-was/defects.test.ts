import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/index.js';
import { ScangateError } from '../../../src/errors.js';
import { qualysWas } from '../../../src/scanners/qualys-was/index.js';
import type { WasTarget } from '../../../src/scanners/qualys-was/target.js';
import { buildStage, type Stage } from '../../../src/testing/index.js';
import { finding, type WasParts, WasPlatform } from './platform.js';
import { codesOf, collected, launched, planOf, SHOP, scanned, untilEnded, wasBench } from './support.js';

/*
 * The defects of the vendor's own plugins for Jenkins (W) and GitHub (G), one test each: the situation goes in, and
 * what they do not do comes out.
 */

const TARGET: WasTarget = { scanner: 'qualys-was', webApp: 'Shop', authRecord: 'none' };

async function staged(parts: WasParts = {}, target: WasTarget = TARGET) {
  const platform = new WasPlatform(parts);
  const stage: Stage = buildStage((request) => platform.answer(request));
  const plan = await qualysWas.plan(target, { targetName: 'shop', runId: 'run-1' }, stage.services);
  const handle = await qualysWas.launch(plan, stage.services);
  platform.situation = 'done';
  return { platform, stage, plan, handle, collect: () => collected(handle, stage) };
}

const mistakeOf = (text: string): string => {
  try {
    parseConfig(text, 'scangate.yml', {});
    return 'none';
  } catch (error) {
    if (error instanceof ScangateError) return error.message;
    throw error;
  }
};

describe('defects of the plugin for Jenkins', () => {
  it('W-1: an end that is not clean is a problem in every case, and what was seen is judged all the same', async () => {
    const partial = await scanned({ faults: ['time-limit'] });
    expect(codesOf(partial)).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
    expect(partial.findings.length).toBeGreaterThan(0);
    const { collect } = await staged({ scan: { summary: { resultsStatus: 'NO_HOST_ALIVE', authStatus: 'NONE' } } });
    expect(codesOf(await collect())).toEqual(['SCANGATE_SCAN_NOTHING_REACHED']);
  });

  it('W-2: an empty list of QIDs is refused', () => {
    const policy = 'policy: { rules: [{ name: banned, select: { qid: [] }, max: 0 }] }';
    expect(mistakeOf(`version: 1\ntargets:\n  a: { scanner: qualys-was, webApp: x }\n${policy}\n`)).toContain('qid');
  });

  it.each(['FAILED', 'PARTIAL', 'NOT_USED', 'NONE', 'SOMETHING'])(
    'W-3: a login that was asked for and is %s is a problem',
    async (authStatus) => {
      const summary = { resultsStatus: 'SUCCESSFUL', authStatus, linksCrawled: 5 };
      const { collect } = await staged({ scan: { summary } }, { ...TARGET, authRecord: 'default' });
      const expected = authStatus === 'SOMETHING' ? 'SCANGATE_SCAN_UNKNOWN_STATE' : 'SCANGATE_SCAN_AUTH_FAILED';
      expect(codesOf(await collect())).toEqual([expected]);
    },
  );

  it('W-3: a login that succeeded, or that nobody asked for, is none', async () => {
    const summary = { resultsStatus: 'SUCCESSFUL', authStatus: 'SUCCESSFUL', linksCrawled: 5 };
    expect(
      codesOf(await (await staged({ scan: { summary } }, { ...TARGET, authRecord: 'default' })).collect()),
    ).toEqual([]);
    expect(codesOf(await (await staged()).collect())).toEqual([]);
  });

  it('W-4: a QID that the KnowledgeBase does not know leaves its finding as it is', async () => {
    const { platform, stage, handle } = await staged();
    const answer = platform.answer.bind(platform);
    platform.answer = (request) =>
      request.path.includes('/knowledge_base/')
        ? '<KNOWLEDGE_BASE_VULN_LIST_OUTPUT><RESPONSE><DATETIME>2031-02-03T05:00:00Z</DATETIME></RESPONSE></KNOWLEDGE_BASE_VULN_LIST_OUTPUT>'
        : answer(request);
    const { findings, statement } = await collected(handle, stage);
    expect(statement.problems).toEqual([]);
    expect(findings[0]).toEqual({
      vulnerability: { source: 'qualys', id: '150001', title: 'flaw 1', cwe: [79] },
      kind: 'confirmed',
      severity: 'high',
      vendorSeverity: '4',
      status: 'new',
      firstSeen: '2031-02-03T04:45:00Z',
      lastSeen: '2031-02-03T04:45:00Z',
      identity: '00000000-0000-4000-8000-000000000001',
      location: { kind: 'web', url: 'https://shop.example.test/1' },
    });
  });

  it('W-5: results without counters or lists end in a problem with words', async () => {
    const noCounters = await (await staged({ results: { stats: undefined } })).collect();
    expect(noCounters.findings).toHaveLength(2);
    expect(codesOf(noCounters)).toEqual([]);
    const noLists = await (await staged({ results: { vulns: undefined, stats: undefined } })).collect();
    expect(noLists.findings).toHaveLength(2);
    expect(noLists.statement.evidence).toBeUndefined();
    expect(codesOf(noLists)).toEqual(['SCANGATE_SCAN_INCOMPLETE', 'SCANGATE_SCAN_COUNT_MISMATCH']);
    for (const { message, mend } of noLists.statement.problems) expect(message && mend).not.toBe('');
  });

  it('W-6: the default scanner is told', async () => {
    const bench = await wasBench();
    await planOf(SHOP, bench);
    expect(bench.log.join()).toContain("the scan uses the web application's default scanner: EXTERNAL");
  });

  it('W-7: the KnowledgeBase is read for all QIDs, with sign-in', async () => {
    const findings = Array.from({ length: 800 }, (_, at) => finding(at + 1));
    const list = findings.map(({ qid, url }) => ({ WasScanVuln: { qid, uri: url } }));
    const results = { vulns: { count: 800, list }, stats: { global: { nbVulnsTotal: 800 } } };
    const { collect } = await staged({ findings, results });
    const { findings: found } = await collect();
    expect(found).toHaveLength(800);
    expect(found.every(({ remediation, pci }) => remediation === 'Mend it.' && pci === true)).toBe(true);
  });

  it('W-8: nothing that is kept holds a credential', async () => {
    const { plan, handle, collect } = await staged();
    const kept = JSON.stringify([plan, handle, await collect()]);
    for (const secret of ['a password of the contract', 'somebody']) {
      expect(kept).not.toContain(secret);
      expect(kept).not.toContain(Buffer.from(secret).toString('base64').slice(0, 12));
    }
  });

  it('W-9: nothing is written anywhere but to the log that was handed in', async () => {
    const bench = await wasBench();
    const handle = await launched(bench);
    await qualysWas.progress([handle], bench.services);
    expect(bench.log).toHaveLength(1);
    expect(bench.log.join()).not.toContain(bench.simulator.password);
  });

  it('W-10: a limit of the policy names its operator', () => {
    const policy = 'policy: { rules: [{ name: few, select: { severity: high }, greaterThan: 3 }] }';
    expect(mistakeOf(`version: 1\n${policy}\n`)).toContain('unknown key "greaterThan"');
  });

  it('W-11: names of other alphabets arrive as they are', async () => {
    const bench = await wasBench();
    const handle = await launched(bench, { ...SHOP, name: 'Ελέγχος 検査 {target} 😀' });
    const name = 'Ελέγχος 検査 shop-web 😀 run-1';
    expect((await bench.door()).launchesByName).toEqual({ [name]: 1 });
    expect((await qualysWas.find(handle.plan, bench.services))?.scanId).toBe(handle.scanId);
  });

  it('W-12: nothing is a success without a scan', async () => {
    const bench = await wasBench();
    const handle = { plan: await planOf(SHOP, bench), scanId: '4711' };
    const { statement } = await collected(handle, bench);
    expect(statement.evidence).toBeUndefined();
    expect(codesOf({ statement })).toEqual(['SCANGATE_SCAN_FAILED']);
  });

  it('W-13: a scan that nobody waits for can be stopped, and no longer blocks the next one', async () => {
    const bench = await wasBench({ faults: ['stuck-running=1'] });
    const stuck = await launched(bench);
    await bench.advance(7200);
    await qualysWas.cancel(stuck, bench.services);
    const { phases } = await untilEnded(await launched(bench, SHOP, 'run-2'), bench);
    expect(phases.at(-1)).toBe('ended');
    expect((await bench.door()).running).toEqual([]);
  });
});

describe('defects of the GitHub action', () => {
  it('G-1: results without the list of information are read; what cannot be read is thrown', async () => {
    const { collect } = await staged({ results: { igs: undefined } });
    expect((await collect()).findings).toHaveLength(2);
    const odd = await staged({ results: { vulns: { count: 2, list: 'none' } } });
    const outcome = await odd.collect().then(codesOf, (error: unknown) => [(error as ScangateError).code]);
    expect(outcome).not.toEqual([]);
  });

  it('G-2: a discovery scan is no pass, whatever is checked', async () => {
    const result = await scanned({}, { ...SHOP, type: 'discovery' });
    expect(codesOf(result)).toContain('SCANGATE_SCAN_INCOMPLETE');
  });

  it.each(['scan-error', 'cancelled'])('G-3: %s is a problem', async (fault) => {
    expect(codesOf(await scanned({ faults: [fault] })).length).toBeGreaterThan(0);
  });

  it('G-4, G-5: the scanner writes no file, so two of them in one run cannot collide', async () => {
    const bench = await wasBench();
    const [one, two] = await Promise.all([launched(bench, SHOP, 'run-1'), launched(bench, { webApp: 1002 }, 'run-2')]);
    expect(one.plan.scanName).not.toBe(two.plan.scanName);
  });

  it('G-6: every finding keeps the severity that the platform gives, level by level', async () => {
    const { findings } = await scanned();
    const words = { '5': 'critical', '4': 'high', '3': 'medium', '2': 'low', '1': 'info' } as Record<string, string>;
    expect(new Set(findings.map(({ vendorSeverity }) => vendorSeverity)).size).toBeGreaterThan(3);
    for (const { severity, vendorSeverity = '' } of findings) expect(severity).toBe(words[vendorSeverity]);
  });
});
