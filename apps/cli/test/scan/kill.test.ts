import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import { HANDBOOK, judgedIn, runFast, startFast, withSimulator, writeConfig } from './support.js';

/* A pipeline agent that dies, `kill -9`, at any moment; then the same step again. `SCANGATE_LONG=1`: 200 times. */

const ROUNDS = process.env.SCANGATE_LONG === '1' ? 200 : 25;
/** Each with a platform of its own, so that waiting does not add up. */
const LANES = [1, 2, 3, 4, 5];
const ROUNDS_OF_LANE = ROUNDS / LANES.length;
const SEED = 'demo,minutes=2';
/** About what the scan takes by the fast clock, real milliseconds. */
const SCAN_MS = 300;

/** Numbers that look random and are the same in each run: a failure can be repeated. */
function* chances(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

const where = { outside: 0, intended: 0, launched: 0 };

describe.concurrent(`kill -9 at ${ROUNDS} moments`, () => {
  it.for(LANES)(
    'leaves one scan for each intent, and the verdict of an undisturbed run (lane %d)',
    { timeout: ROUNDS_OF_LANE * 20_000 },
    async (lane, { expect }) => {
      await inTemporaryFolder((folder) =>
        withSimulator({ seed: SEED }, async (simulator) => {
          writeConfig(folder, { docs: HANDBOOK });
          await runFast(simulator, ['run'], folder);
          const expected = judgedIn(folder);
          const chance = chances(lane);
          for (let round = 0; round < ROUNDS_OF_LANE; round++) {
            const before = (await simulator.state()).launches.length;
            const run = startFast(simulator, ['run'], folder);
            // Some die anywhere, most after they meant to scan.
            if (round % 3 > 0) await run.says('going to scan');
            const killer = setTimeout(
              () => run.child.kill('SIGKILL'),
              chance.next().value * SCAN_MS * (1 + (round % 2)),
            );
            await run.done;
            clearTimeout(killer);
            const place = placeOf(folder);
            where[place.name]++;
            const between = (await simulator.state()).launches.length;
            const { exit } = await runFast(simulator, ['run'], folder);
            const { launchesByName, launches, running } = await simulator.state();
            const once = Object.values(launchesByName).every((count) => count === 1);
            expect([exit, judgedIn(folder), running, once], `round ${round}`).toEqual(['pass', expected, [], true]);
            // One scan for both, unless the first run had judged its own.
            expect(launches.length - before, `round ${round}`).toBe(place.isJudged ? between - before + 1 : 1);
          }
        }),
      );
    },
  );
});

describe('kill -9', () => {
  it('came in the middle of scans often enough', () => {
    console.log(`killed ${ROUNDS} times`, where);
    expect(where.launched + where.intended).toBeGreaterThan(ROUNDS / 5);
  });
});

/** How far the process had come by what it left behind. */
function placeOf(folder: string): { name: keyof typeof where; isJudged: boolean } {
  const path = join(folder, '.scangate/state/docs.json');
  if (!existsSync(path)) return { name: 'outside', isJudged: false };
  const { end, launch } = JSON.parse(readFileSync(path, 'utf8')) as { end?: unknown; launch?: unknown };
  if (end !== undefined) return { name: 'outside', isJudged: true };
  return { name: launch === undefined ? 'intended' : 'launched', isJudged: false };
}
