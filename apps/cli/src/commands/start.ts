import { buildCommand } from '@stricli/core';
import type { CommandThis } from '../command.js';
import { commonFlags, type StartFlags, scanFlags } from '../options.js';
import { TARGETS } from './run.js';

export const start = buildCommand<StartFlags, string[], CommandThis>({
  loader: async () => (await import('./start.impl.js')).default,
  parameters: {
    flags: {
      ...scanFlags,
      config: commonFlags.config,
      ci: commonFlags.ci,
      quiet: commonFlags.quiet,
      verbose: commonFlags.verbose,
      json: { kind: 'boolean', optional: true, withNegated: false, brief: 'Print the handles as one JSON object' },
    },
    positional: TARGETS,
  },
  docs: {
    brief: 'Start scans of the targets and return at once',
    fullDescription: [
      'The first half of scangate run: prints the name and id of each scan. Keep the state folder for scangate collect,',
      'as an artifact or in a cache.',
    ].join('\n'),
  },
});
