import { READERS } from '@scangate/core';
import { buildCommand } from '@stricli/core';
import type { CommandThis } from '../command.js';
import { type CommonFlags, commonFlags } from '../options.js';

export const evaluate = buildCommand<CommonFlags, string[], CommandThis>({
  loader: async () => (await import('./evaluate.impl.js')).default,
  parameters: {
    flags: commonFlags,
    positional: {
      kind: 'array',
      parameter: {
        brief: 'Report file, format=file, or - for standard input',
        parse: (value: string) => value,
        placeholder: 'REPORT',
      },
    },
  },
  docs: {
    brief: 'Judge reports that exist already',
    fullDescription: [
      'Reads the reports, whatever scanner wrote them, judges the findings by the policy and exits with the verdict:',
      '0 pass, 1 fail, 2 usage, 3 warn (with --exit-on-warn), 4 inconclusive.',
      '',
      `Formats, recognised by content: ${READERS.map(({ format }) => format).join(', ')}`,
    ].join('\n'),
  },
});
