import { expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import { missingReports, runFast, withSimulator, writeConfig, verdictIn } from './support.js';
const FAULTS: [string, string][] = [
 ['', 'Handbook'],['', 'Shop (staging)'],['', 'Members area'],
 ['rate-limited','Shop (staging)'],['concurrency','Shop (staging)'],['maintenance-503','Shop (staging)'],['html-error','Shop (staging)'],
 ['cut-socket','Shop (staging)'],['slow-body=seconds:2','Shop (staging)'],['truncated-page','Shop (staging)'],['repeated-page','Big catalogue'],['missing-page','Big catalogue'],
 ['expired-token','Shop (staging)'],['wrong-password','Shop (staging)'],['error-in-200','Shop (staging)'],['launch-lost-answer','Shop (staging)'],
 ['scan-error','Handbook'],['no-host-alive','Handbook'],['no-web-service','Handbook'],['time-limit','Handbook'],['cancelled','Handbook'],['auth-failed','Members area'],
 ['stuck-running','Handbook'],['processing-late','Handbook'],['kb-missing-qid','Shop (staging)'],['single-object-list','Shop (staging)'],['bad-base64','Shop (staging)'],
 ['bad-base64=word:junk','Shop (staging)'],['counter-mismatch','Handbook'],['unknown-status','Handbook'],['unknown-severity','Shop (staging)']];
it('probe', async () => {
  for (const [fault, app] of FAULTS) {
    await inTemporaryFolder((folder) => withSimulator({ faults: fault ? [fault] : [], seed: app.startsWith('Big') ? 'demo,findings=2500' : 'demo' }, async (sim) => {
      writeConfig(folder, { t: `{ scanner: qualys-was, webApp: "${app}", wait: { run: 2h }${app.startsWith('Mem') ? ', authRecord: default' : ''} }` });
      const r = await runFast(sim, ['run', ...(process.env.V ? ['--verbose'] : [])], folder, fault === 'expired-token' ? sim.clientEnv : sim.env);
      const s = await sim.state();
      console.log([fault || app, r.exit, r.ms, 'calls', s.callsTotal, 'launches', JSON.stringify(Object.values(s.launchesByName)), 'running', JSON.stringify(s.running), missingReports(folder).join()].join(' | ') + '\n' + r.stderr + (process.env.V ? r.stdout : ''));
      if (!missingReports(folder).length) console.log(verdictIn(folder).targets[0].counts.total, verdictIn(folder).reasons.map(x => x.code).join());
    }));
  }
  expect(1).toBe(1);
}, 120000);
