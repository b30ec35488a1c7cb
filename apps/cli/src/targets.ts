import { basename, dirname } from 'node:path';
import { didYouMean, READERS, type ReportTarget, readerOf, ScangateError } from '@scangate/core';
import type { Context } from './context.js';
import type { LoadedConfig } from './policy.js';

/** Targets out of the reports named on the command line: `path`, `format=path`, `-` for standard input. */
export function targetsOfArguments({ disk }: Context, args: readonly string[]): ReportTarget[] {
  const names = new Map<string, number>();
  return args.map((argument) => {
    const { format, path } = splitArgument(argument, disk);
    const stem = path === '-' ? 'stdin' : basename(path).replace(/(?<=.)\.(json|xml|sarif|dat|txt|js)$/i, '');
    const before = names.get(stem) ?? 0;
    names.set(stem, before + 1);
    const name = before === 0 ? stem : `${stem}-${before + 1}`;
    return { name, source: path, format, open: () => disk.openReport(path) };
  });
}

function splitArgument(argument: string, disk: Context['disk']): { format: string | undefined; path: string } {
  const [, format, path] = /^([A-Za-z0-9][A-Za-z0-9_-]*)=(.*)$/s.exec(argument) ?? [];
  if (format === undefined || path === undefined || (readerOf(format) === undefined && disk.exists(argument))) {
    return { format: undefined, path: argument };
  }
  if (path === '')
    throw new ScangateError('SCANGATE_CLI_USAGE', `${argument}: the path is empty`, { mend: 'write format=path' });
  if (readerOf(format) !== undefined) return { format, path };
  throw new ScangateError(
    'SCANGATE_CLI_USAGE',
    `${argument}: "${format}" is no report format${didYouMean(format, FORMATS)}`,
    {
      mend: `formats: ${FORMATS.join(', ')}`,
    },
  );
}

const FORMATS = READERS.map(({ format }) => format);

/** Targets of the configuration, all or those named. Paths are relative to the configuration file. */
export function targetsOfConfig(
  { disk }: Context,
  { path, config }: LoadedConfig,
  names: readonly string[],
): ReportTarget[] {
  const targets = config.targets ?? {};
  const known = Object.keys(targets);
  for (const name of names) {
    if (!known.includes(name)) {
      throw new ScangateError('SCANGATE_CLI_USAGE', `${path} has no target "${name}"${didYouMean(name, known)}`, {
        mend: known.length > 0 ? `targets: ${known.join(', ')}` : 'add it under targets',
      });
    }
  }
  return (names.length > 0 ? names : known).map((name) => {
    const target = targets[name] as NonNullable<(typeof targets)[string]>;
    if (target.scanner !== 'report') {
      throw new ScangateError(
        'SCANGATE_CLI_USAGE',
        `target "${name}": this version cannot start ${target.scanner} scans`,
        {
          mend: 'run the scanner in a step of its own and judge its report: scanner: report, path: FILE',
        },
      );
    }
    if (target.format !== undefined && readerOf(target.format) === undefined) {
      throw new ScangateError(
        'SCANGATE_CONFIG_INVALID',
        `${path}: target "${name}": "${target.format}" is no report format${didYouMean(target.format, FORMATS)}`,
        {
          mend: `formats: ${FORMATS.join(', ')}`,
        },
      );
    }
    const file = target.path === '-' ? '-' : disk.resolve(dirname(path), target.path);
    return {
      name,
      source: target.path,
      format: target.format,
      tags: [target.tags ?? []].flat(),
      severitySource: target.severitySource,
      open: () => disk.openReport(file),
    };
  });
}
