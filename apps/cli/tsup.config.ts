import { cpSync } from 'node:fs';
import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { main: 'src/main.ts' },
  format: 'esm',
  target: 'node20.19',
  splitting: true,
  clean: true,
  // One file to load for each command instead of hundreds: start-up time is a feature.
  noExternal: [/.*/],
  minifySyntax: true,
  minifyWhitespace: true,
  esbuildOptions(options) {
    options.conditions = ['source'];
    options.legalComments = 'none';
    options.jsx = 'automatic';
    options.jsxImportSource = 'preact';
    options.loader = { ...options.loader, '.json': 'json' };
  },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  onSuccess: async () => {
    for (const part of ['reports', 'scan.yml', 'scangate.yml']) {
      cpSync(new URL(`../../demo/${part}`, import.meta.url), new URL(`dist/demo/${part}`, import.meta.url), {
        recursive: true,
      });
    }
  },
});
