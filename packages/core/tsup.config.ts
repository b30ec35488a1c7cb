import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'exit-code': 'src/exit-code.ts',
    'model/severity': 'src/model/severity.ts',
    'model/index': 'src/model/index.ts',
    'config/index': 'src/config/index.ts',
    'policy/index': 'src/policy/index.ts',
    'scanners/index': 'src/scanners/index.ts',
    'http/index': 'src/http/index.ts',
    'qualys/index': 'src/qualys/index.ts',
    'scan/index': 'src/scan/index.ts',
    'reporters/index': 'src/reporters/index.ts',
    'ci/index': 'src/ci/index.ts',
    'testing/index': 'src/testing/index.ts',
  },
  format: 'esm',
  target: 'node20.19',
  splitting: true,
  clean: true,
  sourcemap: true,
  external: ['vitest'],
});
