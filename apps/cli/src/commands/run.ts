import { buildCommand } from '@stricli/core';
import type { CommandThis } from '../command.js';
import { type CommonFlags, commonFlags, type ScanFlags, scanFlags } from '../options.js';

export const TARGETS = {
  kind: 'array',
  parameter: {
    brief: 'Name of a target in the configuration; all without one',
    parse: (value: string) => value,
    placeholder: 'TARGET',
  },
} as const;

export const runTargets = buildCommand<CommonFlags & ScanFlags, string[], CommandThis>({
  loader: async () => (await import('./run.impl.js')).default,
  parameters: { flags: { ...commonFlags, ...scanFlags }, positional: TARGETS },
  docs: {
    brief: 'Start scans of the targets, wait, judge; reports are judged as they are',
    fullDescription: [
      'Starts a scan of each target, waits for all of them, and judges what they found by the policy. A scan that an',
      'earlier run began and did not judge is taken up instead, so that nothing is started twice.',
      '',
      'Exits: 0 pass, 1 fail, 2 usage, 3 warn (with --exit-on-warn), 4 inconclusive, 5 the wait limit passed,',
      '6 refused, 75 temporary, 130 and 143 interrupted.',
    ].join('\n'),
  },
});
