import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import { HANDBOOK, judgedIn, runFast, startFast, withSimulator, writeConfig } from './support.js';

/* A pipeline agent that dies, `kill -9`, at any moment; then the same step again. `SCANGATE_LONG=1`: 200 times. */

const ROUNDS = process.env.SCANGATE_LONG === '1' ? 200 : 25;
const SEED = 'demo,minutes=2';

/** Numbers that look random and are the same in each run: a failure can be repeated. */
function* chances(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

describe('kill -9', () => {
  it(
    `at ${ROUNDS} moments: one scan for each intent, and the verdict of an undisturbed run`,
    async () => {
      await inTemporaryFolder((folder) =>
        withSimulator({ seed: SEED }, async (simulator) => {
          writeConfig(folder, { docs: HANDBOOK });
          const whole = await runFast(simulator, ['run'], folder);
          const expected = judgedIn(folder);
          const chance = chances(20_261_123);
          const where: Record<string, number> = {};
          for (let round = 0; round < ROUNDS; round++) {
            const before = (await simulator.state()).launches.length;
            const run = startFast(simulator, ['run'], folder);
            const killer = setTimeout(() => run.child.kill('SIGKILL'), 100 + chance.next().value * (whole.ms - 80));
            await run.done;
            clearTimeout(killer);
            const state = join(folder, '.scangate/state/docs.json');
            const record = existsSync(state) ? JSON.parse(readFileSync(state, 'utf8')) : undefined;
            const isJudged = record?.end !== undefined;
            const place = record === undefined || isJudged ? 'outside' : record.launch ? 'launched' : 'intended';
            where[place] = (where[place] ?? 0) + 1;
            const between = (await simulator.state()).launches.length;
            const { exit } = await runFast(simulator, ['run'], folder);
            const { launchesByName, launches, running } = await simulator.state();
            expect(
              [exit, judgedIn(folder), running, Object.values(launchesByName).every((count) => count === 1)],
              `round ${round}`,
            ).toEqual(['pass', expected, [], true]);
            // One scan for both, unless the first run had judged its own, or had not come to its intent.
            expect(launches.length - before, `round ${round}`).toBe(isJudged ? between - before + 1 : 1);
          }
          console.log(`killed ${ROUNDS} times`, where);
          expect((where.launched ?? 0) + (where.intended ?? 0)).toBeGreaterThan(ROUNDS / 5);
        }),
      );
    },
    ROUNDS * 8_000,
  );
});
