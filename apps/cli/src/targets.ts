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
    return { name, source: path, format, file: fileOf(disk, path), open: () => disk.openReport(path) };
  });
}

const fileOf = (disk: Context['disk'], path: string): string | undefined =>
  path === '-' ? undefined : disk.resolve(path);

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

type ConfigTarget = NonNullable<LoadedConfig['config']['targets']>[string];

type ReportSettings = Extract<ConfigTarget, { scanner: 'report' }>;

export interface NamedTarget {
  name: string;
  settings: ConfigTarget;
}

/** Targets of the configuration, all or those named. */
export function chooseTargets({ path, config }: LoadedConfig, names: readonly string[]): NamedTarget[] {
  const targets = config.targets ?? {};
  const known = Object.keys(targets);
  for (const name of names) {
    if (!known.includes(name)) {
      throw new ScangateError('SCANGATE_CLI_USAGE', `${path} has no target "${name}"${didYouMean(name, known)}`, {
        mend: known.length > 0 ? `targets: ${known.join(', ')}` : 'add it under targets',
      });
    }
  }
  const chosen = names.length > 0 ? [...new Set(names)] : known;
  if (chosen.length === 0) {
    throw new ScangateError('SCANGATE_CLI_USAGE', `${path} has no targets`, { mend: 'add targets' });
  }
  return chosen.map((name) => ({ name, settings: targets[name] as ConfigTarget }));
}

/** Targets that are reports already; any other is refused. */
export function reportTargets(context: Context, loaded: LoadedConfig, chosen: readonly NamedTarget[]): ReportTarget[] {
  return chosen.map(({ name, settings }) => {
    if (settings.scanner === 'report') return reportTarget(context, loaded, name, settings);
    throw new ScangateError(
      'SCANGATE_CLI_USAGE',
      `target "${name}": scangate evaluate judges reports, and ${settings.scanner} starts a scan`,
      { mend: 'use scangate run, or name the reports to judge' },
    );
  });
}

/** Paths are relative to the configuration file. */
export function reportTarget(
  { disk }: Context,
  { path }: LoadedConfig,
  name: string,
  settings: ReportSettings,
): ReportTarget {
  if (settings.format !== undefined && readerOf(settings.format) === undefined) {
    throw new ScangateError(
      'SCANGATE_CONFIG_INVALID',
      `${path}: target "${name}": "${settings.format}" is no report format${didYouMean(settings.format, FORMATS)}`,
      { mend: `formats: ${FORMATS.join(', ')}` },
    );
  }
  const file = settings.path === '-' ? '-' : disk.resolve(dirname(path), settings.path);
  return {
    name,
    source: settings.path,
    format: settings.format,
    tags: [settings.tags ?? []].flat(),
    severitySource: settings.severitySource,
    file: file === '-' ? undefined : file,
    open: () => disk.openReport(file),
  };
}
