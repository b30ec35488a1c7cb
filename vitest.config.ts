import { defineConfig } from 'vitest/config';

const results = process.env.SCANGATE_TEST_RESULTS;

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: `${results}/unit.json` }]],
  },
});
