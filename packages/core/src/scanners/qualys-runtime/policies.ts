import { excerpt, ScangateError } from '../../errors.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanProblem } from '../../model/scan.js';
import type { JsonMembers } from '../../wire/json.js';
import { asObject, flagIn, numberIn, requiredTextIn, wordsIn } from '../../wire/take.js';
import { counted, listNames, scanProblem } from '../problem.js';
import { asAnswer, elementsIn, membersIn } from '../qualys-images-members.js';
import { getObject, listAll } from '../qualys-images-pages.js';
import type { ScanServices } from '../scanner.js';

const AT = 'centralizedPolicy';

/**
 * Central policies by exact name or id. Throws `SCANGATE_QUALYS_NOT_FOUND` and `_AMBIGUOUS`.
 * https://docs.qualys.com/en/cs/api/centralized_policies/show_policy_details.htm (read 2026-11-23).
 */
export async function policyIds(wanted: readonly string[], services: ScanServices): Promise<string[]> {
  if (wanted.length === 0) return [];
  const all = (await listAll({ path: 'centralizedPolicy', keys: ['uuid'] }, services)).map((policy) => ({
    uuid: wordsIn(policy, 'uuid', AT) ?? '',
    name: wordsIn(policy, 'policyName', AT) ?? '',
  }));
  return wanted.map((text) => {
    const found = all.filter(({ uuid, name }) => uuid === text || name === text);
    const [only] = found;
    if (only && found.length === 1) return only.uuid;
    const named = `with the name or id "${excerpt(text)}"; there is`;
    if (only) {
      const what = `there are ${found.length} central policies ${named} ${listNames(found.map(({ uuid }) => uuid))}`;
      throw new ScangateError('SCANGATE_QUALYS_AMBIGUOUS', what);
    }
    const names = listNames(all.map(({ name }) => `"${excerpt(name)}"`));
    throw new ScangateError('SCANGATE_QUALYS_NOT_FOUND', `there is no central policy ${named} ${names || 'none'}`);
  });
}

export interface ImageCounts {
  /** For people. */
  image: string;
  sha: string;
  /** Confirmed vulnerabilities by the platform's level; undefined where they are not known. */
  byLevel: ReadonlyMap<number, number> | undefined;
}

interface Judgement {
  findings: RawFinding[];
  problems: ScanProblem[];
}

/**
 * What a central policy says of images. The platform does not tell by its API whether it blocked one, so the rules are
 * applied to what it lists; a rule that is not understood makes the answer inconclusive, and never passes.
 */
export async function judgePolicy(
  uuid: string,
  images: readonly ImageCounts[],
  services: ScanServices,
): Promise<Judgement> {
  const policy = await getObject(`centralizedPolicy/${encodeURIComponent(uuid)}`, {}, services);
  try {
    return judge(policy, images);
  } catch (error) {
    throw asAnswer(error, `the central policy ${uuid}`);
  }
}

function judge(policy: JsonMembers, images: readonly ImageCounts[]): Judgement {
  const name = excerpt(requiredTextIn(policy, 'policyName', AT));
  const mode = wordsIn(policy, 'policyMode', AT) ?? '(none)';
  if (mode.toUpperCase() !== 'ACTIVE') {
    return { findings: [], problems: [incomplete(`the central policy "${name}" is not active: ${excerpt(mode)}`)] };
  }
  const rules = membersIn(policy, 'centralizedPolicyRules', AT).filter(
    (rule) => flagIn(rule, 'isEnabled', AT) !== false,
  );
  if (rules.length === 0) {
    return { findings: [], problems: [incomplete(`the central policy "${name}" has no enabled rule`)] };
  }
  const judged = rules.map((rule) => judgeRule(policy, rule, images));
  return {
    findings: judged.flatMap(({ findings }) => findings),
    problems: judged.flatMap(({ problems }) => problems),
  };
}

function judgeRule(policy: JsonMembers, rule: JsonMembers, images: readonly ImageCounts[]): Judgement {
  const policyName = excerpt(wordsIn(policy, 'policyName', AT) ?? '');
  const words = `the rule "${excerpt(wordsIn(rule, 'name', AT) ?? '(none)')}" of the central policy "${policyName}"`;
  const limit = limitOf(rule);
  if (!limit) {
    const type = excerpt(wordsIn(rule, 'type', AT) ?? '(none)');
    return { findings: [], problems: [incomplete(`${words} is of a kind that cannot be judged here: ${type}`)] };
  }
  const findings: RawFinding[] = [];
  const problems: ScanProblem[] = [];
  for (const image of images) {
    const count = countFrom(image.byLevel, limit.level);
    if (count === undefined) {
      problems.push(incomplete(`${words} cannot be judged: the vulnerabilities of ${image.image} are not known`));
    } else if (limit.isBroken(count)) {
      const because = `${counted(count, 'vulnerability', 'vulnerabilities')} of level ${limit.level} or above`;
      findings.push(blocked(policy, rule, image, because));
    }
  }
  return { findings, problems };
}

const incomplete = (message: string): ScanProblem =>
  scanProblem('SCANGATE_SCAN_INCOMPLETE', message, 'look at the policy in the portal, or leave it out of policies');

interface Limit {
  level: number;
  isBroken(count: number): boolean;
}

const OPERATORS: Readonly<Record<string, (count: number, threshold: number) => boolean>> = {
  GREATER_THAN: (count, threshold) => count > threshold,
  GREATER_THAN_OR_EQUAL: (count, threshold) => count >= threshold,
};

/** A limit on the number of vulnerabilities from a level up: the one kind of rule whose form is public. */
function limitOf(rule: JsonMembers): Limit | undefined {
  if (wordsIn(rule, 'type', AT) !== 'IMAGESCAN_VULN_SEVERITYCOUNT') return undefined;
  const text = wordsIn(rule, 'metaData', AT);
  const meta = text === undefined ? undefined : parse(text);
  if (!meta) return undefined;
  const level = numberIn(meta, 'severityLevel', AT);
  const threshold = numberIn(meta, 'threshold', AT);
  const operator = OPERATORS[wordsIn(meta, 'operator', AT)?.toUpperCase() ?? ''];
  if (!operator || level === undefined || threshold === undefined) return undefined;
  return { level, isBroken: (count) => operator(count, threshold) };
}

/** The settings of a rule are JSON inside a text. */
function parse(text: string): JsonMembers | undefined {
  try {
    return asObject(JSON.parse(text), 'metaData');
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ScangateError) return undefined;
    throw error;
  }
}

function countFrom(byLevel: ImageCounts['byLevel'], level: number): number | undefined {
  if (!byLevel) return undefined;
  return [...byLevel].reduce((sum, [one, count]) => (one >= level ? sum + count : sum), 0);
}

/** The platform rates no policy, so the finding has no severity. */
function blocked(policy: JsonMembers, rule: JsonMembers, { image, sha }: ImageCounts, because: string): RawFinding {
  const ruleName = wordsIn(rule, 'name', AT) ?? '(none)';
  const action = wordsIn(rule, 'action', AT) ?? '(none)';
  return {
    vulnerability: {
      source: 'qualys-central-policy',
      id: requiredTextIn(policy, 'uuid', AT),
      title: `central policy ${requiredTextIn(policy, 'policyName', AT)}: ${ruleName}`,
      aliases: [],
    },
    kind: 'control',
    severity: 'unknown',
    state: action,
    location: { kind: 'control', control: ruleName, subject: image, instance: sha.slice(0, 12) },
    description: `The rule says ${action} for an image with ${because}.`,
    remediation: 'Replace the running image by one that the policy allows.',
  };
}

/** How many confirmed vulnerabilities of each level an image lists. */
export function levelsOf(details: JsonMembers): Map<number, number> | undefined {
  if (details.vulnerabilities === undefined || details.vulnerabilities === null) return undefined;
  const levels = new Map<number, number>();
  for (const value of elementsIn(details, 'vulnerabilities')) {
    const entry = asObject(value, 'vulnerabilities[]');
    if (wordsIn(entry, 'typeDetected', AT)?.toUpperCase() === 'POTENTIAL') continue;
    const level = numberIn(entry, 'severity', 'vulnerabilities[]');
    if (level === undefined) return undefined;
    levels.set(level, (levels.get(level) ?? 0) + 1);
  }
  return levels;
}
