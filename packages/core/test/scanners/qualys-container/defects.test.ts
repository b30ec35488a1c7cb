import { describe, expect, it } from 'vitest';
import { qualysContainer } from '../../../src/scanners/qualys-container/index.js';
import { buildStage } from '../../../src/testing/index.js';
import { CsPlatform, IMAGE, image, vulnerability } from './platform.js';
import { codesOf, collectedBy, outcomeOf, staged } from './support.js';

/*
 * The defects of the vendor's own plugin for container images, one test each: the situation goes in, and what it does
 * not do comes out.
 */

const TARGET = { scanner: 'qualys-container', image: IMAGE } as const;
const CONTEXT = { targetName: 'shop', runId: 'run-1' };
const ZERO = { severity1Count: 0, severity2Count: 0, severity3Count: 0, severity4Count: 0, severity5Count: 0 };

describe('defects of the plugin for container images', () => {
  it('C-1: what cannot be read of an image is an error, and never an image that passed', async () => {
    for (const broken of [{ typeDetected: null }, { typeDetected: 'RUMOURED' }, { cvss3Info: { baseScore: 'many' } }]) {
      const vulnerabilities = [vulnerability(1, broken)];
      const { collect } = await staged({ vulnerabilities });
      await expect(collect()).rejects.toMatchObject({ code: 'SCANGATE_QUALYS_ANSWER' });
      expect(await outcomeOf({ severity: 'critical' }, { vulnerabilities })).toBe('inconclusive');
    }
  });

  it('C-2: a blank in a list of QIDs does not switch the gate off', async () => {
    expect(await outcomeOf({ qid: [' 990002 '] })).toBe('fail');
    expect(await outcomeOf({ qid: ['1 - 5', ' 990001 - 990009 '] })).toBe('fail');
    expect(await outcomeOf({ qid: [' 99000 '] })).toBe('pass');
    await expect(outcomeOf({ qid: ['990001, x'] })).rejects.toThrow('expected QIDs');
  });

  it.each([
    ['only CVSS 2', { cvss3Info: null }, [{ version: '2.0', score: 6.8 }], 'pass'],
    ['only CVSS 3', { cvssInfo: null }, [{ version: '3.1', score: 8.1 }], 'fail'],
    ['an empty score', { cvssInfo: { baseScore: '' } }, [{ version: '3.1', score: 8.1 }], 'fail'],
    ['no score', { cvssInfo: null, cvss3Info: null }, undefined, 'inconclusive'],
  ])('C-3: a finding with %s keeps what it has, and is judged by it', async (_, change, cvss, outcome) => {
    const vulnerabilities = [vulnerability(1, change)];
    const { findings } = await (await staged({ vulnerabilities })).collect();
    expect(findings.map((finding) => finding.cvss)).toEqual([cvss]);
    const select = { cvss: { atLeast: 7, prefer: ['3.1', '2.0'] } };
    expect(await outcomeOf(select, { vulnerabilities })).toBe(outcome);
  });

  it('C-4: a finding without severity is of unknown severity, and one without CVEs has none or those of the catalogue', async () => {
    const vulnerabilities = [vulnerability(1, { severity: null, cveids: null })];
    const counts = { ...ZERO, severity5Count: 1 };
    const { findings, statement } = await (await staged({ vulnerabilities, counts })).collect();
    expect(findings.map(({ severity, vulnerability: { aliases } }) => [severity, aliases])).toEqual([['unknown', []]]);
    expect(statement.problems).toEqual([]);
    expect(await outcomeOf({ severity: { atLeast: 'critical' } }, { vulnerabilities, counts })).toBe('inconclusive');
  });

  it('C-5: versions of software are compared, by every operator', async () => {
    const outcomes = ['>=3', '>3.0.1', '<3.0.9', '<=3.0.1', '<3'].map((version) =>
      outcomeOf({ package: { name: 'openssl-libs', version } }),
    );
    expect(await Promise.all(outcomes)).toEqual(['fail', 'pass', 'fail', 'fail', 'pass']);
  });

  it('C-6: a blank or small letters in a list of CVEs change nothing', async () => {
    expect(await outcomeOf({ cve: ['CVE-2021-44228', ' cve-2030-990001 '] })).toBe('fail');
  });

  it('C-7: a token that expires during the wait is fetched anew', async () => {
    const platform = new CsPlatform();
    let tokens = 0;
    const stage = buildStage((request) => {
      if (request.path === '/auth') tokens++;
      return platform.answer(request);
    });
    const plan = await qualysContainer.plan(TARGET, CONTEXT, stage.services);
    const handle = await qualysContainer.launch(plan, stage.services);
    stage.mishap = { kind: 'status', status: 401 };
    await expect(qualysContainer.progress([handle], stage.services)).rejects.toMatchObject({
      code: 'SCANGATE_QUALYS_REFUSED',
    });
    expect(tokens).toBeGreaterThan(1);
    stage.mishap = undefined;
    expect((await qualysContainer.progress([handle], stage.services)).get(plan.scanName)?.phase).toBe('ended');
  });

  it('C-8: a clean image whose vulnerabilities stay null is done when everything else says that there are none', async () => {
    const clean = { details: {}, vulnerabilities: null, vuln: { details: [] }, counts: ZERO };
    const done = await staged(clean);
    expect(await done.progress()).toBe('ended: SUCCESS');
    const { findings, statement } = await done.collect();
    expect([findings, statement.problems]).toEqual([[], []]);
    expect(statement.evidence).toContain('0 vulnerabilities');
    for (const doubt of [
      { vuln: { details: null } },
      { vuln: { details: [vulnerability(1)] } },
      { counts: { ...ZERO, severity2Count: 1 } },
      { counts: {} },
      { images: [image({ scanStatus: null })], details: { scanStatus: null } },
    ]) {
      const unsure = await staged({ ...clean, ...doubt });
      expect(await unsure.progress()).toBe('processing: scanned, not processed yet');
      expect(codesOf(await unsure.collect())).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
    }
  });

  it('C-9, C-12: no credential is in a plan, a handle, a line of the log or a message', async () => {
    const platform = new CsPlatform();
    const stage = buildStage((request) => platform.answer(request));
    const lines: string[] = [];
    const services = { ...stage.services, log: (line: string) => lines.push(line) };
    const plan = await qualysContainer.plan(TARGET, CONTEXT, services);
    const handle = await qualysContainer.launch(plan, services);
    const collected = await collectedBy(qualysContainer, handle, services);
    const body = '{"errorCode":"403 FORBIDDEN","message":"somebody: a password of the contract"}';
    stage.mishap = { kind: 'body', body, status: 403 };
    const refused = await qualysContainer.progress([handle], services).catch((error: Error) => error.message);
    expect(refused).toContain('403');
    expect(JSON.stringify([plan, handle, collected, lines, refused])).not.toContain('a password of the contract');
  });

  it('C-10: each image has a statement of its own', async () => {
    const good = await (await staged()).collect();
    const bad = await (await staged({}, { situation: 'cancelled' })).collect();
    expect([codesOf(good), codesOf(bad)]).toEqual([[], ['SCANGATE_SCAN_CANCELLED']]);
  });

  it('C-11: what the platform set aside is marked, not removed, so that one rule decides', async () => {
    const vulnerabilities = [vulnerability(1), vulnerability(2, { isExempted: true, reason: 'accepted' })];
    const { findings, statement } = await (await staged({ vulnerabilities })).collect();
    expect(findings.map(({ ignored }) => ignored)).toEqual([undefined, { reason: 'exempted in Qualys: accepted' }]);
    expect(statement.problems).toEqual([]);
  });
});
