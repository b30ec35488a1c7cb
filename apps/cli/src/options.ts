import { didYouMean, ScangateError } from '@scangate/core';
import { REPORTERS, type Reporter, reporterOf } from '@scangate/core/reporters';
import type { FlagParametersForType } from '@stricli/core';
import type { CommandThis } from './command.js';
import type { Context } from './context.js';

/** Flags that every judging command shares (design section 2). */
export type CommonFlags = {
  config?: string;
  policy?: string;
  failOn?: readonly string[];
  out?: string;
  report?: readonly string[];
  ci?: string;
  exitOnWarn?: boolean;
  quiet?: boolean;
  verbose?: boolean;
};

const text = (value: string): string => value;

export const commonFlags: FlagParametersForType<CommonFlags, CommandThis> = {
  config: {
    kind: 'parsed',
    parse: text,
    optional: true,
    brief: 'Configuration file (default scangate.yml)',
    placeholder: 'FILE',
  },
  policy: {
    kind: 'parsed',
    parse: text,
    optional: true,
    brief: 'Policy file, or a configuration that holds one',
    placeholder: 'FILE',
  },
  failOn: {
    kind: 'parsed',
    parse: text,
    optional: true,
    variadic: true,
    brief:
      'A policy without a file: fail on findings of this severity or above, if there are more than MAX (default 0)',
    placeholder: 'SEVERITY[=MAX]',
  },
  out: {
    kind: 'parsed',
    parse: text,
    optional: true,
    brief: 'Folder for report files (default scangate-out)',
    placeholder: 'DIR',
  },
  report: {
    kind: 'parsed',
    parse: text,
    optional: true,
    variadic: true,
    brief: `Report to write: ${REPORTERS.map(({ format }) => format).join(', ')}`,
    placeholder: 'FORMAT[=PATH]',
  },
  ci: {
    kind: 'parsed',
    parse: text,
    optional: true,
    brief: 'CI tool whose messages are printed (default auto)',
    placeholder: 'auto|none|TOOL',
  },
  exitOnWarn: {
    kind: 'boolean',
    optional: true,
    withNegated: false,
    brief: 'Exit with 3 when only warn rules are violated',
  },
  quiet: { kind: 'boolean', optional: true, withNegated: false, brief: 'Print the verdict line only' },
  verbose: { kind: 'boolean', optional: true, withNegated: false, brief: 'Print what is read and written' },
};

/** Flags of the commands that start, await or collect scans. */
export type ScanFlags = { state?: string; cache?: string };

export type StartFlags = ScanFlags & {
  config?: string;
  ci?: string;
  quiet?: boolean;
  verbose?: boolean;
  json?: boolean;
};

export const scanFlags: FlagParametersForType<ScanFlags, CommandThis> = {
  state: {
    kind: 'parsed',
    parse: text,
    optional: true,
    brief: 'Folder that remembers scans from run to run (default .scangate/state)',
    placeholder: 'DIR',
  },
  cache: {
    kind: 'parsed',
    parse: text,
    optional: true,
    brief: "Folder for the platform's descriptions of vulnerabilities (default: the user's cache folder)",
    placeholder: 'DIR',
  },
};

export interface ScanOptions {
  state: string;
  cache: string | undefined;
  quiet: boolean;
  verbose: boolean;
}

/** As {@link resolveOptions}. */
export function resolveScanOptions(flags: ScanFlags & CommonFlags, env: Context['env']): ScanOptions {
  return {
    state: oneOf(flags.state, env, 'STATE') ?? '.scangate/state',
    cache: oneOf(flags.cache, env, 'CACHE'),
    quiet: flags.quiet ?? isOn(env, 'QUIET'),
    verbose: flags.verbose ?? isOn(env, 'VERBOSE'),
  };
}

function oneOf(flag: string | undefined, env: Context['env'], name: string): string | undefined {
  const value = flag ?? env[`SCANGATE_${name}`];
  return value === '' ? undefined : value;
}

export interface ReportChoice {
  reporter: Reporter;
  /** Path under the output folder, or as the user gave it. */
  path: string | undefined;
}

export interface Options {
  config: string | undefined;
  policy: string | undefined;
  failOn: readonly string[];
  out: string;
  reports: readonly ReportChoice[];
  ci: string;
  exitOnWarn: boolean;
  quiet: boolean;
  verbose: boolean;
}

const DEFAULT_REPORTS = ['json', 'ndjson', 'junit', 'sarif', 'markdown', 'html'];

/** A flag wins over the environment (`SCANGATE_...`), which wins over the file. */
export function resolveOptions(flags: CommonFlags, env: Context['env']): Options {
  const one = (flag: string | undefined, name: string): string | undefined => oneOf(flag, env, name);
  const many = (flag: readonly string[] | undefined, name: string): readonly string[] =>
    flag !== undefined && flag.length > 0
      ? flag
      : (env[`SCANGATE_${name}`] ?? '')
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean);
  const reports = many(flags.report, 'REPORT');
  return {
    config: one(flags.config, 'CONFIG'),
    policy: one(flags.policy, 'POLICY'),
    failOn: many(flags.failOn, 'FAIL_ON'),
    out: one(flags.out, 'OUT') ?? 'scangate-out',
    reports: (reports.length > 0 ? reports : DEFAULT_REPORTS).map(reportChoice),
    ci: one(flags.ci, 'CI') ?? 'auto',
    exitOnWarn: flags.exitOnWarn ?? isOn(env, 'EXIT_ON_WARN'),
    quiet: flags.quiet ?? isOn(env, 'QUIET'),
    verbose: flags.verbose ?? isOn(env, 'VERBOSE'),
  };
}

function isOn(env: Context['env'], name: string): boolean {
  const value = (env[`SCANGATE_${name}`] ?? '').trim().toLowerCase();
  if (['', '0', 'false', 'no', 'off'].includes(value)) return false;
  if (['1', 'true', 'yes', 'on'].includes(value)) return true;
  throw new ScangateError('SCANGATE_CLI_USAGE', `SCANGATE_${name} is "${value}"`, { mend: 'set it to true or false' });
}

function reportChoice(value: string): ReportChoice {
  const equals = value.indexOf('=');
  const format = equals < 0 ? value : value.slice(0, equals);
  const path = equals < 0 ? undefined : value.slice(equals + 1);
  const reporter = reporterOf(format);
  const known = REPORTERS.map((one) => one.format);
  if (!reporter) {
    throw new ScangateError('SCANGATE_CLI_USAGE', `--report ${format}: no such format${didYouMean(format, known)}`, {
      mend: `formats: ${known.join(', ')}`,
    });
  }
  if (path === '')
    throw new ScangateError('SCANGATE_CLI_USAGE', `--report ${value}: the path is empty`, {
      mend: 'write --report junit=FILE',
    });
  return { reporter, path };
}
