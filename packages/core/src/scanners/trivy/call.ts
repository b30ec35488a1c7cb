import type { ProgramSpec } from '../machine.js';
import type { TrivyDetails } from './details.js';

/*
 * How Trivy is called. https://trivy.dev/docs/latest/references/configuration/cli/ and the pages of 0.45 to 0.69
 * (read 2026-11-23). Names that changed: `config` among the scanners is `misconfig` since 0.48, `--skip-policy-update`
 * is `--skip-check-update` since 0.51; `--show-suppressed` came with 0.52, the cache in memory with 0.57.
 */
const MISCONFIG_SINCE = 48;
const CHECKS_SINCE = 51;
const SUPPRESSED_SINCE = 52;
const MEMORY_SINCE = 57;

export const REPORT_FILE = 'trivy.json';
const EMPTY_SETTINGS = 'trivy.yaml';
const EMPTY_IGNORES = 'ignore-nothing';

/** Settings of the surroundings that leave findings out. Trivy takes an empty variable for one that is not set. */
const HIDING_VARIABLES = [
  'TRIVY_SEVERITY',
  'TRIVY_IGNORE_UNFIXED',
  'TRIVY_IGNORE_STATUS',
  'TRIVY_IGNORE_POLICY',
  'TRIVY_IGNOREFILE',
  'TRIVY_IGNORED_LICENSES',
  'TRIVY_VULN_TYPE',
  'TRIVY_PKG_TYPES',
  'TRIVY_PKG_RELATIONSHIPS',
  'TRIVY_MISCONFIG_SCANNERS',
  'TRIVY_SCANNERS',
  'TRIVY_SKIP_DIRS',
  'TRIVY_SKIP_FILES',
  'TRIVY_COMPLIANCE',
  'TRIVY_FORMAT',
  'TRIVY_OUTPUT',
  'TRIVY_TEMPLATE',
  'TRIVY_EXIT_CODE',
  'TRIVY_EXIT_ON_EOL',
  'TRIVY_QUIET',
];

/**
 * Everything of a report that could be left out is asked for: all severities, unfixed vulnerabilities, every package (an
 * empty list of findings is no evidence without them), and what an ignore file sets aside where this version can show it.
 * Exit status 0 with findings, so that any other status is a failure.
 */
export function trivyCall(details: TrivyDetails, folder: string): Pick<ProgramSpec, 'args' | 'env' | 'files'> {
  const { kind, timeoutMs, cacheDir, skipDirs, skipFiles } = details;
  const [, minor = 0] = details.version.split('.').map(Number);
  const files = { [EMPTY_SETTINGS]: '{}\n', [EMPTY_IGNORES]: '' };
  const args = [
    kind,
    ...['--config', `${folder}/${EMPTY_SETTINGS}`, '--timeout', `${Math.ceil(timeoutMs / 1_000)}s`],
    ...(cacheDir === undefined ? [] : ['--cache-dir', cacheDir]),
    ...['--format', 'json', '--output', `${folder}/${REPORT_FILE}`, '--exit-code', '0'],
    ...['--severity', 'UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL'],
    // Two runs at once wait in vain for one another's cache in a file.
    ...(minor >= MEMORY_SINCE ? ['--cache-backend', 'memory'] : []),
    ...skipDirs.flatMap((path) => ['--skip-dirs', path]),
    ...skipFiles.flatMap((path) => ['--skip-files', path]),
    ...(kind === 'config' ? configOptions(details, minor, folder) : packageOptions(details, minor, folder)),
    ...(details.isInput ? ['--input', details.artifact] : ['--', details.artifact]),
  ];
  const env = {
    ...Object.fromEntries(HIDING_VARIABLES.map((name) => [name, ''])),
    TRIVY_SKIP_VERSION_CHECK: 'true',
    TRIVY_DISABLE_TELEMETRY: 'true',
  };
  return { args, env, files };
}

const skipChecks = (minor: number): string => (minor >= CHECKS_SINCE ? '--skip-check-update' : '--skip-policy-update');

/** An ignore file would hide: this command cannot show what was set aside. */
const configOptions = ({ isOffline }: TrivyDetails, minor: number, folder: string): string[] => [
  ...['--ignorefile', `${folder}/${EMPTY_IGNORES}`],
  ...(isOffline ? [skipChecks(minor)] : []),
];

function packageOptions(details: TrivyDetails, minor: number, folder: string): string[] {
  const { scanners, isOffline, skipDbUpdate, platform } = details;
  const names = scanners.map((name) => (name === 'misconfig' && minor < MISCONFIG_SINCE ? 'config' : name));
  const offline = ['--offline-scan', '--skip-db-update', '--skip-java-db-update'];
  return [
    ...['--scanners', names.join(','), '--list-all-pkgs', '--ignore-unfixed=false', '--no-progress'],
    ...(minor >= SUPPRESSED_SINCE ? ['--show-suppressed'] : ['--ignorefile', `${folder}/${EMPTY_IGNORES}`]),
    ...(isOffline ? offline : skipDbUpdate ? ['--skip-db-update', '--skip-java-db-update'] : []),
    ...(isOffline && scanners.includes('misconfig') ? [skipChecks(minor)] : []),
    ...(platform === undefined ? [] : ['--platform', platform]),
  ];
}
