import { ScangateError } from '../../errors.js';
import type { Machine } from '../machine.js';
import { askVersion, requireProgram, timeoutOf, versionNumbers } from '../program.js';
import type { ScanServices } from '../scanner.js';
import type { TrivyDetails, TrivyTarget } from './details.js';

const OLDEST = 45;
const KNOWN = `0.${OLDEST} or newer, of major version 0`;
const MEND = `install Trivy ${KNOWN}, and put it in PATH, or name its path as program in the target`;

/** What a build that nobody released calls itself. */
const UNRELEASED = 'dev';

function isKnown(version: string): boolean {
  const [major, minor] = versionNumbers(version) ?? [];
  return major === 0 && minor !== undefined && minor >= OLDEST;
}

export async function planTrivy(
  target: TrivyTarget,
  services: ScanServices,
): Promise<{ subject: string; details: TrivyDetails }> {
  const { machine } = services;
  const path = await requireProgram(machine, [target.program ?? 'trivy'], MEND);
  const version = await askVersion(
    {
      title: 'Trivy',
      path,
      args: ['--version'],
      // A damaged settings file of the working directory is no matter here.
      env: { TRIVY_SKIP_VERSION_CHECK: 'true', TRIVY_DISABLE_TELEMETRY: 'true' },
      read: (text) => {
        const told = /^Version:\s*v?(\S+)/m.exec(text)?.[1];
        return told === UNRELEASED ? (target.programVersion ?? told) : told;
      },
      isKnown,
      known: KNOWN,
    },
    services,
  );
  const looked = await lookedAt(target, machine);
  const isConfig = looked.kind === 'config';
  return {
    subject: subjectOf(looked),
    details: {
      title: 'Trivy',
      path,
      version,
      timeoutMs: timeoutOf(target.wait),
      ...looked,
      scanners: isConfig ? [] : (target.scanners ?? ['vuln', 'secret']),
      ...(target.platform === undefined ? {} : { platform: target.platform }),
      skipDirs: target.skipDirs ?? [],
      skipFiles: target.skipFiles ?? [],
      skipDbUpdate: target.skipDbUpdate ?? false,
      isOffline: target.offline ?? false,
      ...(target.cacheDir === undefined ? {} : { cacheDir: target.cacheDir }),
    },
  };
}

type Looked = Pick<TrivyDetails, 'kind' | 'artifact' | 'isInput'>;

const subjectOf = ({ kind, artifact }: Looked): string =>
  ({ image: `image ${artifact}`, filesystem: `files in ${artifact}`, config: `templates in ${artifact}` })[kind];

/** Throws `SCANGATE_TARGET_FILES` for a path that cannot be read. */
async function lookedAt({ image, filesystem, config }: TrivyTarget, machine: Machine): Promise<Looked> {
  if (image !== undefined) return { kind: 'image', artifact: image, isInput: await isInput(image, machine) };
  const artifact = filesystem ?? config ?? '';
  await requireReadable(artifact, machine);
  return { kind: filesystem === undefined ? 'config' : 'filesystem', artifact, isInput: false };
}

/** What looks like a path is never taken for a reference: Trivy would look for it in a registry. */
const PATH_LIKE = /^(?:\.{0,2}\/|[a-z]:[\\/])|\.(?:tar|tgz|tar\.gz)$/i;

async function isInput(image: string, machine: Machine): Promise<boolean> {
  try {
    await requireReadable(image, machine);
    return true;
  } catch (error) {
    const isNotThere = error instanceof ScangateError && error.code === 'SCANGATE_TARGET_FILES';
    if (!isNotThere || PATH_LIKE.test(image)) throw error;
    return false;
  }
}

/** Looks at the first entry alone: folders may be large. */
async function requireReadable(path: string, machine: Machine): Promise<void> {
  for await (const _ of machine.list(path)) return;
}
