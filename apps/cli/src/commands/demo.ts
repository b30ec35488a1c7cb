import { buildCommand } from '@stricli/core';
import type { CommandThis } from '../command.js';

type DemoFlags = { out?: string };

export const demo = buildCommand<DemoFlags, [], CommandThis>({
  loader: async () => (await import('./demo.impl.js')).default,
  parameters: {
    flags: {
      out: {
        kind: 'parsed',
        parse: (value: string) => value,
        optional: true,
        brief: 'Folder for report files',
        placeholder: 'DIR',
      },
    },
  },
  docs: { brief: 'Scan a simulated platform and judge sample reports, as a pipeline would see it' },
});
