import { buildCommand } from '@stricli/core';
import type { CommandThis } from '../command.js';

export const schema = buildCommand<Record<never, never>, string[], CommandThis>({
  loader: async () => (await import('./schema.impl.js')).default,
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        brief: 'config (default), policy, verdict or finding',
        parse: (value: string) => value,
        placeholder: 'NAME',
      },
      maximum: 1,
    },
  },
  docs: { brief: 'Print a JSON Schema' },
});
