import { buildCommand } from '@stricli/core';
import type { CommandThis } from '../command.js';
import { type CommonFlags, commonFlags } from '../options.js';

export const runTargets = buildCommand<CommonFlags, string[], CommandThis>({
  loader: async () => (await import('./run.impl.js')).default,
  parameters: {
    flags: commonFlags,
    positional: {
      kind: 'array',
      parameter: {
        brief: 'Name of a target in the configuration; all without one',
        parse: (value: string) => value,
        placeholder: 'TARGET',
      },
    },
  },
  docs: { brief: 'Judge the targets of the configuration' },
});
