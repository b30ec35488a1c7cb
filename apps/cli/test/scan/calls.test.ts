import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import { runFast, withSimulator, writeConfig } from './support.js';

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
});
