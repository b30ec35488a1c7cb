import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import { runFast, type Simulator, verdictIn, withSimulator, writeConfig } from './support.js';

/* What the waiting costs, counted by the simulator. */

/** A launch takes about a second of the simulated time, as it does on the platform: the scans end close together. */
const SLOWER = 100;

describe('calls to the platform', () => {
  it('of a scan of 40 minutes: at most 25', async () => {
    await inTemporaryFolder((folder) =>
      withSimulator({ seed: 'demo,minutes=40' }, async (simulator) => {
        writeConfig(folder, { docs: '{ scanner: qualys-was, webApp: Handbook }' });
        const { exit, stdout } = await runFast(simulator, ['run'], folder);
        const { callsTotal, calls } = await simulator.state();
        console.log(`40 minutes, with a history: ${callsTotal} calls`, calls);
        expect([exit, callsTotal <= 25], stdout).toEqual(['pass', true]);
      }),
    );
  });

  it('of a scan of 40 minutes without a history: at most 25', async () => {
    await inTemporaryFolder((folder) =>
      withSimulator({ seed: 'demo,minutes=40' }, async (simulator) => {
        writeConfig(folder, { fresh: '{ scanner: qualys-was, webApp: "Never scanned", optionProfile: "Quick look" }' });
        await runFast(simulator, ['run'], folder);
        const { callsTotal, calls, launches } = await simulator.state();
        console.log(`40 minutes, without a history: ${callsTotal} calls`, calls);
        expect([launches.length, callsTotal <= 25]).toEqual([1, true]);
      }),
    );
  });

  it('of 20 targets, by id and by name: at most 60', async () => {
    await inTemporaryFolder((folder) =>
      withSimulator({ speed: SLOWER }, async (simulator) => {
        const webApps = await createWebApps(simulator, 20);
        const before = (await simulator.state()).callsTotal;
        const targets = webApps.map(({ id, name }, index) => [
          `shop-${index}`,
          `{ scanner: qualys-was, webApp: ${index % 2 === 0 ? id : `"${name}"`}, optionProfile: "Quick look" }`,
        ]);
        writeConfig(folder, Object.fromEntries(targets));
        const { stdout } = await runFast(simulator, ['run'], folder);
        const { callsTotal, calls, launches, running } = await simulator.state();
        const cost = callsTotal - before;
        console.log(`20 targets: ${cost} calls`, calls);
        expect([launches.length, running, cost <= 60], stdout).toEqual([20, [], true]);
        // The lists of each scan itself are what tells whether the search for findings had all of them.
        expect(calls['GET /qps/rest/3.0/download/was/wasscan/:id']).toBe(20);
        const judged = verdictIn(folder).targets.map(({ state, problems, evidence }) => [
          state,
          problems,
          evidence !== undefined,
        ]);
        expect(judged).toEqual(webApps.map(() => ['complete', [], true]));
      }),
    );
  });
});

/** Web applications that no other scan keeps busy. */
async function createWebApps({ said }: Simulator, count: number): Promise<{ id: string; name: string }[]> {
  const authorization = `Basic ${Buffer.from(`${said.username}:${said.password}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json', accept: 'application/json' };
  const made: { id: string; name: string }[] = [];
  for (let index = 0; index < count; index++) {
    const WebApp = { name: `Many ${index}`, url: `https://many-${index}.example.test/` };
    const body = JSON.stringify({ ServiceRequest: { data: { WebApp } } });
    const answer = await fetch(`${said.api}/qps/rest/3.0/create/was/webapp`, { method: 'POST', headers, body });
    const { ServiceResponse } = (await answer.json()) as { ServiceResponse: { data: { WebApp: { id: number } }[] } };
    made.push({ id: String(ServiceResponse.data[0]?.WebApp.id), name: WebApp.name });
  }
  return made;
}
