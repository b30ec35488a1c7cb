import { buildCommand } from '@stricli/core';
import type { CommandThis } from '../command.js';
import { type CommonFlags, commonFlags, type ScanFlags, scanFlags } from '../options.js';
import { TARGETS } from './run.js';

export const collect = buildCommand<CommonFlags & ScanFlags, string[], CommandThis>({
  loader: async () => (await import('./collect.impl.js')).default,
  parameters: { flags: { ...commonFlags, ...scanFlags }, positional: TARGETS },
  docs: {
    brief: 'Wait for scans that were started earlier, and judge them',
    fullDescription: [
      'The second half of scangate run: needs the configuration and the state folder of scangate start, and may run on',
      'another agent. It starts nothing.',
    ].join('\n'),
  },
});
