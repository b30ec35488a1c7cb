import { defineConfig } from 'vitest/config';

const results = process.env.SCANGATE_TEST_RESULTS;
const resolve = { conditions: ['source'] };
const shared = { resolve, ssr: { resolve } };

export default defineConfig({
  ...shared,
  test: {
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: `${results}/unit.json` }]],
    projects: [
      {
        ...shared,
        test: {
          name: 'rooms',
          include: ['packages/*/test/**/*.test.ts', 'apps/simulator/test/**/*.test.ts', 'test/**/*.test.ts'],
          testTimeout: 30_000,
          // Loading the same modules for every file would take as long as the tests.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...shared,
        test: {
          name: 'processes',
          include: ['apps/cli/test/**/*.test.ts'],
          testTimeout: 30_000,
          // They start processes of their own, some of them against a clock.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
