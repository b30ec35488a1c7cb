import { defineConfig } from 'vitest/config';

const results = process.env.SCANGATE_TEST_RESULTS;

/** Real scanners and real readers, one at a time: they are heavy, and the machine is shared with the build. */
export default defineConfig({
  test: {
    include: ['test-live/**/*.live.test.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: `${results}/live.json` }]],
  },
});
