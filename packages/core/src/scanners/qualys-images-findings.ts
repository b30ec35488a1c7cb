import type { RawFinding } from '../model/finding.js';
import type { ScanProblem, ScanStatement } from '../model/scan.js';
import type { JsonMembers } from '../wire/json.js';
import { wordsIn } from '../wire/take.js';
import { scanProblem } from './problem.js';
import { type ImageEnricher, threatsByQid } from './qualys-images-enrich.js';
import { asAnswer, elementsIn } from './qualys-images-members.js';
import { countsOf, type ImageDetails } from './qualys-images-state.js';
import { countProblems } from './qualys-images-tally.js';
import type { FindingStream, ScanServices } from './scanner.js';

const FORMAT = 'qualys-container';
const LISTS = ['repo', 'repoDigests', 'vulnerabilities'] as const;
const INNER_LISTS = ['software', 'cveids'] as const;

/** Lists of one element that are written as the element itself, as lists. What else is not a list stays and is refused. */
function unfolded(image: JsonMembers): JsonMembers {
  const asLists = (members: JsonMembers, keys: readonly string[]): JsonMembers => ({
    ...members,
    ...Object.fromEntries(keys.filter((key) => isSet(members[key])).map((key) => [key, elementsIn(members, key)])),
  });
  const whole = asLists(image, LISTS);
  if (!Array.isArray(whole.vulnerabilities)) return whole;
  const vulnerabilities = whole.vulnerabilities.map((value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? asLists(value as JsonMembers, INNER_LISTS)
      : value,
  );
  return { ...whole, vulnerabilities };
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

async function* bytesOf(value: unknown): AsyncGenerator<Uint8Array> {
  yield Buffer.from(JSON.stringify(value), 'utf8');
}

interface ImageQuestion {
  sha: string;
  details: ImageDetails;
  enricher: ImageEnricher;
  /** Name of the image in locations, where findings of several images stand side by side. */
  artifact?: string | undefined;
}

/** The findings of an image whose details are there, and what they are worth. */
export async function* imageFindings(
  { sha, details, enricher, artifact }: ImageQuestion,
  services: ScanServices,
): FindingStream {
  const image = unfolded(details.value);
  const name = sha.slice(0, 12);
  let statement: ScanStatement;
  let problems: ScanProblem[];
  try {
    const threats = threatsByQid(image);
    const reading = services.readReport(FORMAT, bytesOf(image));
    for (;;) {
      const step = await reading.next();
      if (step.done) {
        statement = step.value;
        break;
      }
      const findings = await enricher.enrich(step.value, threats);
      yield findings.map((finding) => withArtifact(finding, artifact));
    }
    const counts = details.isProcessed ? await countsOf(sha, services) : undefined;
    problems = [
      ...statement.problems.map((problem) => cancelled(problem, image)),
      ...countProblems(image, counts, name),
    ];
  } catch (error) {
    throw asAnswer(error, `the details of the image ${name}`);
  }
  return { ...statement, reference: sha, state: statement.state ?? 'scanned', problems };
}

/** The reader knows no more of a cancelled scan than that it is no success. */
function cancelled(problem: ScanProblem, image: JsonMembers): ScanProblem {
  const status = wordsIn(image, 'scanStatus', 'image') ?? '';
  if (problem.code !== 'SCANGATE_SCAN_UNKNOWN_STATE' || !/^CANCELL?ED$/i.test(status)) return problem;
  return scanProblem('SCANGATE_SCAN_CANCELLED', problem.message);
}

function withArtifact(finding: RawFinding, artifact: string | undefined): RawFinding {
  const { location } = finding;
  if (artifact === undefined || location.kind !== 'package') return finding;
  return { ...finding, location: { ...location, artifact } };
}

/** Vulnerabilities that stand in another answer, with the same members as those of an image. */
export async function* listedFindings(
  vulnerabilities: readonly unknown[],
  enricher: ImageEnricher,
  services: ScanServices,
): AsyncGenerator<RawFinding[], void, undefined> {
  const image = unfolded({ vulnerabilities });
  try {
    const threats = threatsByQid(image);
    for await (const batch of services.readReport(FORMAT, bytesOf(image))) yield await enricher.enrich(batch, threats);
  } catch (error) {
    throw asAnswer(error, 'the vulnerabilities of a container');
  }
}
