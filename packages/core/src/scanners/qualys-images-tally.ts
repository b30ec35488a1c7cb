import type { ScanProblem } from '../model/scan.js';
import type { JsonMembers } from '../wire/json.js';
import { asObject, flagIn, wordsIn } from '../wire/take.js';
import { scanProblem } from './problem.js';
import { elementsIn } from './qualys-images-members.js';

const LEVELS = ['1', '2', '3', '4', '5'] as const;

/**
 * The vulnerabilities that an image lists, against the counters that the platform has of it. Whether those count what is
 * only potential, or was excepted, is not documented, so it may be without either.
 */
export function countProblems(
  image: JsonMembers,
  counts: ReadonlyMap<string, number> | undefined,
  name: string,
): ScanProblem[] {
  if (counts === undefined) return [];
  const listed = elementsIn(image, 'vulnerabilities').map((value) => {
    const entry = asObject(value, 'vulnerabilities[]');
    return {
      level: wordsIn(entry, 'severity', 'vulnerabilities[]') ?? '',
      isPotential: wordsIn(entry, 'typeDetected', 'vulnerabilities[]')?.toUpperCase() === 'POTENTIAL',
      isExempted: flagIn(entry, 'isExempted', 'vulnerabilities[]') === true,
    };
  });
  const ways = [
    listed,
    listed.filter(({ isPotential }) => !isPotential),
    listed.filter(({ isExempted }) => !isExempted),
    listed.filter(({ isPotential, isExempted }) => !isPotential && !isExempted),
  ];
  if (ways.some((way) => fits(way, counts))) return [];
  const counted = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [
    scanProblem(
      'SCANGATE_SCAN_COUNT_MISMATCH',
      `the image ${name} lists ${listed.length} vulnerabilities, and the platform counts ${counted} with other levels or another total`,
      'collect again: the platform may still be working on the results',
    ),
  ];
}

/** Level by level; entries of a level that is not known may be counted anywhere or nowhere. */
function fits(listed: readonly { level: string }[], counts: ReadonlyMap<string, number>): boolean {
  let missing = 0;
  for (const level of LEVELS) {
    const difference = (counts.get(level) ?? 0) - listed.filter((entry) => entry.level === level).length;
    if (difference < 0) return false;
    missing += difference;
  }
  const unknown = listed.filter(({ level }) => !LEVELS.some((one) => one === level)).length;
  return missing <= unknown;
}
