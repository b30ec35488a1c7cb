import type { RawFinding } from '../../model/finding.js';
import type { ScanProblem } from '../../model/scan.js';
import { counted, listNames, scanProblem } from '../problem.js';
import { ImageEnricher } from '../qualys-images-enrich.js';
import { imageFindings, listedFindings } from '../qualys-images-findings.js';
import { findImages, type ImageRecord } from '../qualys-images-lookup.js';
import { namesOf } from '../qualys-images-reference.js';
import { detailsOf as imageDetailsOf } from '../qualys-images-state.js';
import type { FindingStream, ScanHandle, ScanServices } from '../scanner.js';
import { type Container, containerProblems, containersOf, type Drift, driftOf } from './containers.js';
import { detailsOf } from './details.js';
import { unknownImage } from './plan.js';
import { type ImageCounts, judgePolicy, levelsOf } from './policies.js';

interface Work {
  enricher: ImageEnricher;
  services: ScanServices;
  problems: ScanProblem[];
  counts: ImageCounts[];
}

/**
 * What runs of an image or repository: the findings of every image that has a running container, what drifted from it,
 * and central policies that deny it. Containers that do not run are counted and not judged.
 */
export async function* collectRunning(handle: ScanHandle, services: ScanServices): FindingStream {
  const plan = detailsOf(handle.plan);
  const images = await findImages(plan.reference, services);
  if (images.length === 0) throw unknownImage(plan.reference);
  const containers = await containersOf(images, services);
  const running = containers.filter(({ runs }) => runs !== false);
  const work: Work = { enricher: new ImageEnricher(services), services, problems: [], counts: [] };
  const nowMs = services.now() + (services.qualys().clockSkewMs() ?? 0);
  work.problems.push(...containerProblems(containers, nowMs, plan.maxAgeMs));
  for (const image of images) {
    if (running.some(({ imageSha }) => imageSha === image.sha)) yield* runningImage(image, work);
  }
  for (const container of running) yield* drifted(container, work);
  for (const uuid of plan.policies) {
    const { findings, problems } = await judgePolicy(uuid, work.counts, services);
    work.problems.push(...problems);
    yield findings;
  }
  return {
    tool: { name: 'Qualys Container Security' },
    subject: plan.reference.text,
    reference: handle.scanId,
    state: stateOf(containers),
    evidence: evidenceOf(images, containers, running),
    problems: work.problems,
  };
}

const nameOf = ({ value, sha }: ImageRecord): string => {
  const named = namesOf(value, 'image').find(({ tag }) => tag !== undefined);
  return named ? `${named.registry}/${named.repository}:${named.tag}` : sha.slice(0, 12);
};

async function* runningImage(image: ImageRecord, work: Work): AsyncGenerator<RawFinding[], void, undefined> {
  const { enricher, services } = work;
  const name = nameOf(image);
  const what = `containers run from ${name} (${image.sha.slice(0, 12)}), and`;
  const details = await imageDetailsOf(image.sha, services);
  if (!details) {
    const unknown = `${what} the platform does not know that image any more`;
    work.problems.push(scanProblem('SCANGATE_SCAN_UNKNOWN_TARGET', unknown));
    return;
  }
  const statement = yield* imageFindings({ sha: image.sha, details, enricher, artifact: name }, services);
  work.counts.push({ image: name, sha: image.sha, byLevel: levelsOf(details.value) });
  work.problems.push(...statement.problems);
  if (statement.evidence !== undefined || statement.problems.length > 0) return;
  const unscanned = `${what} nothing shows that it was scanned`;
  const mend = 'let the sensor of the host or the registry scan the image';
  work.problems.push(scanProblem('SCANGATE_SCAN_INCOMPLETE', unscanned, mend));
}

async function* drifted(container: Container, work: Work): AsyncGenerator<RawFinding[], void, undefined> {
  const { enricher, services } = work;
  const drift = await driftOf(container, services);
  if (!drift) return;
  yield [driftFinding(container, drift)];
  for await (const batch of listedFindings(drift.vulnerabilities, enricher, services)) {
    yield batch.map((finding) => ({ ...finding, location: withArtifact(finding.location, container.name) }));
  }
}

const withArtifact = (location: RawFinding['location'], artifact: string): RawFinding['location'] =>
  location.kind === 'package' ? { ...location, artifact } : location;

/** The platform does not rate a drift, so the finding has no severity. */
function driftFinding({ name, host }: Container, { reasons, vulnerabilities }: Drift): RawFinding {
  const because = reasons.length === 0 ? '' : ` (${listNames(reasons)})`;
  const came = counted(vulnerabilities.length, 'vulnerability came', 'vulnerabilities came');
  return {
    vulnerability: { source: 'qualys-runtime', id: 'drift', title: 'container differs from its image', aliases: [] },
    kind: 'control',
    severity: 'unknown',
    state: 'drift',
    location: { kind: 'control', control: 'drift', subject: name, instance: host },
    description: `What runs is not what was scanned${because}; ${came} with it.`,
    remediation: 'Replace the container by one of its image, and build the change into the image.',
  };
}

/** `2 RUNNING, 1 STOPPED`. */
function stateOf(containers: readonly Container[]): string {
  const counts = new Map<string, number>();
  for (const { state } of containers) counts.set(state, (counts.get(state) ?? 0) + 1);
  if (containers.length === 0) return 'no containers';
  return listNames([...counts].map(([state, count]) => `${count} ${state}`));
}

function evidenceOf(
  images: readonly ImageRecord[],
  containers: readonly Container[],
  running: readonly Container[],
): string {
  const known = counted(images.length, 'image');
  const run = counted(running.length, 'container runs', 'containers run');
  return `The platform knows ${known} of this name; ${run}, of ${counted(containers.length, 'container')} in all`;
}
