import { excerpt, ScangateError } from '../../errors.js';
import type { ProgramEnd } from '../machine.js';
import type { ScanServices } from '../scanner.js';

/** Command lines that know `image inspect` and `tag` in the same words. */
const RUNTIMES = ['docker', 'podman', 'nerdctl'] as const;
/** A runtime that has just been started takes its time. */
const TIMEOUT_MS = 300_000;
/** What the sensor for pipelines looks for. https://github.com/jenkinsci/qualys-cs-plugin (read 2026-11-23). */
const SENSOR_REPOSITORY = 'qualys_scan_target';

export interface LocalImage {
  /** Path of the program. */
  runtime: string;
  /** 64 hex digits. */
  sha: string;
  /** Digests that the image has in registries, 64 hex digits. */
  digests: string[];
}

/** The image where a container runtime of this machine has it; the first runtime that has it counts. */
export async function localImage(image: string, services: ScanServices): Promise<LocalImage | undefined> {
  for (const command of RUNTIMES) {
    const runtime = await services.machine.locate(command);
    if (runtime === undefined) continue;
    const end = await run(runtime, ['image', 'inspect', '--format', '{{.Id}} {{json .RepoDigests}}', image], services);
    const known = end.status === 0 ? inspected(end.stdout) : undefined;
    if (known) return { runtime, ...known };
    if (end.stopped !== undefined) {
      const what = `${command} does not tell whether it has ${image}: ${said(end)}`;
      throw new ScangateError('SCANGATE_PROGRAM_FAILED', what);
    }
    services.log(`${command} does not have ${image}: ${said(end)}`);
  }
  return undefined;
}

/** `sha256:ID ["repository@sha256:DIGEST"]`, and what a runtime prints beside it. */
function inspected(stdout: string): Omit<LocalImage, 'runtime'> | undefined {
  const line = /^(?:sha256:)?([0-9a-f]{64})\b(.*)$/m.exec(stdout);
  const sha = line?.[1];
  if (sha === undefined) return undefined;
  const digests = [...(line?.[2] ?? '').matchAll(/@sha256:([0-9a-f]{64})/g)].map(([, digest]) => digest ?? '');
  return { sha, digests };
}

/**
 * Marks the image for the sensor, which scans it, sends what it found, and takes the mark away. Doing it twice changes
 * nothing.
 */
export async function tagForSensor(
  { runtime, sha }: Omit<LocalImage, 'digests'>,
  services: ScanServices,
): Promise<void> {
  const end = await run(runtime, ['tag', sha, `${SENSOR_REPOSITORY}:${sha}`], services);
  if (end.status === 0) return;
  throw new ScangateError(
    'SCANGATE_PROGRAM_FAILED',
    `the image ${sha.slice(0, 12)} cannot be tagged for the sensor: ${said(end)}`,
    {
      mend: 'give the user that runs the build access to the container runtime, and keep the image until the scan has ended',
    },
  );
}

const run = (command: string, args: readonly string[], { machine, signal }: ScanServices): Promise<ProgramEnd> =>
  machine.run({ command, args, timeoutMs: TIMEOUT_MS }, signal);

function said({ status, signal, stopped, stderr, stdout }: ProgramEnd): string {
  const words = excerpt(stderr.trim() === '' ? stdout : stderr, 200);
  const how = stopped === 'time' ? 'it did not end in time' : `exit ${status ?? signal ?? 'unknown'}`;
  return words === '' ? how : `${how}: ${words}`;
}
