import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import { type Behaviour, type FakeName, gate, install, outcomeIn, verdictIn, withApp, writeConfig } from './support.js';

/* Wapiti as a child process of the built program: what it keeps to itself, the gate must see. */

interface Situation extends Behaviour {
  target?: object;
  programs?: FakeName[];
  /** The application is gone before the scan, or during it. */
  goes?: 'before' | 'during';
}

const judged = ({ target = {}, programs = ['wapiti'], goes, ...behaviour }: Situation = {}) =>
  inTemporaryFolder((folder) =>
    withApp(async ({ url, stop }) => {
      install(folder, ...programs);
      writeConfig(folder, { shop: { scanner: 'wapiti', url, ...target } });
      if (goes === 'before') stop();
      const call = goes === 'during' ? { FAKE_CALL: `${url}stop` } : {};
      const { exit, stdout, stderr } = await gate(['run', '--ci', 'none'], folder, { ...behaviour, ...call });
      return { exit, text: stdout + stderr, ...outcomeIn(folder), evidence: verdictIn(folder).targets[0]?.evidence };
    }),
  );

describe('scangate run, with Wapiti', () => {
  it('fails on a finding that the policy does not allow', async () => {
    expect(await judged({ FAKE_MODE: 'red' })).toMatchObject({ exit: 'fail', total: 1 });
  });

  it('passes a clean report when the application answered before and after, and addresses were found', async () => {
    expect(await judged()).toMatchObject({
      exit: 'pass',
      total: 0,
      codes: [],
      evidence: expect.stringContaining('4 '),
    });
  });

  const inconclusive: [name: string, situation: Situation, codes: string[]][] = [
    ['the application was down', { goes: 'before' }, ['SCANGATE_SCAN_NOTHING_REACHED']],
    ['it went down during the scan', { goes: 'during', FAKE_MODE: 'clean' }, ['SCANGATE_SCAN_INCOMPLETE']],
    ['nothing was found to look at', { FAKE_MODE: 'nothing' }, ['SCANGATE_SCAN_NOTHING_REACHED']],
    ['requests were skipped', { FAKE_MODE: 'skipped' }, ['SCANGATE_SCAN_INCOMPLETE']],
    ['there is no report', { FAKE_MODE: 'silent' }, ['SCANGATE_PROGRAM_NO_REPORT']],
    ['the report is of an earlier run', { FAKE_MODE: 'stale' }, ['SCANGATE_SCAN_STALE']],
    ['the version is unknown', { FAKE_VERSION: 'Wapiti 4.1' }, ['SCANGATE_PROGRAM_VERSION']],
    ['there is no Wapiti', { programs: ['trivy'] }, ['SCANGATE_PROGRAM_MISSING']],
    [
      'there is neither Wapiti nor its replacement',
      { programs: ['trivy'], target: { orElse: 'zap' } },
      ['SCANGATE_PROGRAM_MISSING'],
    ],
  ];
  it.each(inconclusive)('is inconclusive when %s', async (_, situation, codes) => {
    const seen = await judged(situation);
    expect(seen).toMatchObject({ exit: 'inconclusive', outcome: 'inconclusive' });
    expect(seen.codes).toEqual(expect.arrayContaining(codes));
  });

  it('fails, and says that it is not all, when it went down after a finding', async () => {
    const seen = await judged({ goes: 'during', FAKE_MODE: 'red' });
    expect(seen).toMatchObject({ exit: 'fail', total: 1 });
    expect(seen.codes).toContain('SCANGATE_SCAN_INCOMPLETE');
  });

  it('takes Wapiti where ZAP is not installed, when the target says so', async () => {
    const target = { scanner: 'zap', orElse: 'wapiti' };
    expect(await judged({ target, FAKE_MODE: 'red' })).toMatchObject({ exit: 'fail', total: 1 });
    expect(await judged({ target: { scanner: 'zap' } })).toMatchObject({ codes: ['SCANGATE_PROGRAM_MISSING'] });
  });
});
