import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import { runFast, type Simulator, withSimulator, writeConfig } from './support.js';

/* What the waiting costs, counted by the simulator. */

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

  it('of 20 targets: how the scans are is asked for with one call for all', async () => {
    await inTemporaryFolder((folder) =>
      withSimulator({ seed: 'demo,minutes=40', speed: 600 }, async (simulator) => {
        const ids = await createWebApps(simulator, 20);
        const targets = ids.map((id, index) => [
          `shop-${index}`,
          `{ scanner: qualys-was, webApp: ${id}, optionProfile: 9001 }`,
        ]);
        writeConfig(folder, Object.fromEntries(targets));
        const { stdout } = await runFast(simulator, ['run'], folder);
        const { callsTotal, calls, launches, running } = await simulator.state();
        console.log(`20 targets: ${callsTotal} calls`, calls);
        expect([launches.length, running], stdout).toEqual([20, []]);
        const perTarget = 20;
        const searches = calls['POST /qps/rest/3.0/search/was/wasscan'] ?? 0;
        // One search for each target looks for its history; the rest are looks at all of them together.
        expect(searches - perTarget).toBeLessThanOrEqual(16);
      }),
    );
  });
});

/** Web applications that no other scan keeps busy. */
async function createWebApps({ said }: Simulator, count: number): Promise<string[]> {
  const authorization = `Basic ${Buffer.from(`${said.username}:${said.password}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json', accept: 'application/json' };
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const WebApp = { name: `Many ${index}`, url: `https://many-${index}.example.test/` };
    const body = JSON.stringify({ ServiceRequest: { data: { WebApp } } });
    const answer = await fetch(`${said.api}/qps/rest/3.0/create/was/webapp`, { method: 'POST', headers, body });
    const { ServiceResponse } = (await answer.json()) as { ServiceResponse: { data: { WebApp: { id: number } }[] } };
    ids.push(String(ServiceResponse.data[0]?.WebApp.id));
  }
  return ids;
}
