import { ScangateError } from '../errors.js';
import type { CvssScore, Finding } from '../model/finding.js';
import { CVSS_VERSIONS } from '../model/kinds.js';
import { type KnownSeverity, SEVERITIES, severityRank } from '../model/severity.js';
import { compileExpression } from './expression.js';
import { isWithin, rangesOf } from './intervals.js';
import type { SelectInput } from './schema.js';
import { every, none, type Selector, some } from './selector.js';

type Criterion<K extends keyof SelectInput> = (value: NonNullable<SelectInput[K]>) => Selector | Promise<Selector>;

const many = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

const rankOf = (severity: KnownSeverity | number): number =>
  typeof severity === 'number' ? severity : severityRank(severity);

/** CVSS, EPSS, known-exploited, PCI, CVE, QDS and fixes belong to vulnerabilities; other kinds are simply not selected. */
const isVulnerability = ({ kind }: Finding): boolean => kind === 'confirmed' || kind === 'potential';

/** A criterion over one field: not there on a kind that carries it means undecided. */
function over<T>(
  field: string,
  read: (finding: Finding) => T | undefined,
  test: (value: T) => boolean,
  carries = (_: Finding) => true,
): Selector {
  return (finding, context) => {
    if (!carries(finding)) return false;
    const value = read(finding);
    if (value !== undefined) return test(value);
    context.missing.push(field);
    return undefined;
  };
}

const within =
  ({
    atLeast = Number.NEGATIVE_INFINITY,
    atMost = Number.POSITIVE_INFINITY,
  }: {
    atLeast?: number | undefined;
    atMost?: number | undefined;
  }) =>
  (value: number): boolean =>
    value >= atLeast && value <= atMost;

const exactly = (words: string | string[], read: (finding: Finding) => string | undefined): Selector => {
  const wanted = new Set(many(words).map((word) => word.trim()));
  return (finding) => wanted.has(read(finding) ?? '');
};

export const cvesOf = ({ vulnerability: { id, aliases } }: Finding): string[] | undefined => {
  const names = [id, ...(aliases ?? [])].filter((name) => /^cve-/i.test(name)).map((name) => name.toUpperCase());
  return names.length > 0 || aliases !== undefined ? names : undefined;
};

export const cveSet = (value: string | string[]): Set<string> =>
  new Set(many(value).flatMap((text) => text.split(',').map((name) => name.trim().toUpperCase())));

export const qidTest = (value: NonNullable<SelectInput['qid']>): ((finding: Finding) => boolean) => {
  const intervals = many(value).flatMap(rangesOf);
  return ({ vulnerability: { source, id } }) => source === 'qualys' && isWithin(intervals, Number(id));
};

/** Highest base score of the first preferred version that the finding has; sources may score differently. */
function scoreByPreference(
  scores: readonly CvssScore[] | undefined,
  prefer: readonly CvssScore['version'][],
): number | undefined {
  for (const version of prefer) {
    const found = scores?.filter((score) => score.version === version) ?? [];
    if (found.length > 0) return Math.max(...found.map(({ score }) => score));
  }
  return undefined;
}

const ageInDays = (firstSeen: string | undefined, nowMs: number): number | undefined => {
  const seenMs = firstSeen === undefined ? Number.NaN : Date.parse(firstSeen);
  return Number.isNaN(seenMs) ? undefined : Math.max(0, Math.floor((nowMs - seenMs) / 86_400_000));
};

const textGlob = (patterns: string | string[]): ((text: string) => boolean) => {
  const expressions = many(patterns).map(
    (pattern) =>
      new RegExp(
        `^${pattern
          .trim()
          .replace(/[.+^${}()|[\]\\]/g, '\\$&')
          .replace(/\*+/g, '.*')
          .replace(/\?/g, '.')}$`,
        'is',
      ),
  );
  return (text) => expressions.some((expression) => expression.test(text));
};

const pathGlob = async (patterns: string | string[]): Promise<(path: string) => boolean> => {
  const { default: picomatch } = await import('picomatch');
  const matches = picomatch(
    many(patterns).map((pattern) => pattern.replace(/^\.?\//, '')),
    { dot: true },
  );
  return (path) => matches(path.replace(/\\/g, '/').replace(/^\.?\/+/, ''));
};

const pathOf = ({ location }: Finding): string | undefined =>
  location.kind === 'file' || location.kind === 'package' ? location.path : undefined;

async function packageSelector({ name, version }: NonNullable<SelectInput['package']>): Promise<Selector> {
  const { isInRange, parseVersionRange } = await import('./version-range.js');
  const matchesName = name === undefined ? () => true : textGlob(name);
  const range = version === undefined ? undefined : parseVersionRange(version);
  if (version !== undefined && range === undefined) {
    throw new ScangateError('SCANGATE_CONFIG_INVALID', `"${version}" is no version range`, {
      mend: 'write comparators such as ">=2.0 <2.17.1", alternatives with ||',
    });
  }
  return ({ location }, context) => {
    if (location.kind !== 'package' || !matchesName(location.name)) return false;
    if (range === undefined) return true;
    if (location.version !== undefined) return isInRange(location.version, range, location.ecosystem);
    context.missing.push('package version');
    return undefined;
  };
}

const CRITERIA: { [K in Exclude<keyof SelectInput, 'anyOf' | 'allOf' | 'not'>]-?: Criterion<K> } = {
  severity: (value) => {
    const wanted =
      typeof value === 'object' && !Array.isArray(value)
        ? SEVERITIES.filter((severity) => severityRank(severity) >= rankOf(value.atLeast))
        : many(value).map((severity) => SEVERITIES[rankOf(severity) - 1]);
    return over(
      'severity',
      ({ severity }) => (severity === 'unknown' ? undefined : severity),
      (severity) => wanted.includes(severity),
    );
  },
  kind: (value) => (finding) => many(value).includes(finding.kind),
  status: (value) =>
    over(
      'status',
      ({ status }) => status,
      (status) => many(value).includes(status),
    ),
  qid: qidTest,
  cve: (value) => {
    const wanted = cveSet(value);
    return over('cve', cvesOf, (names) => names.some((name) => wanted.has(name)), isVulnerability);
  },
  id: (value) => exactly(value, ({ vulnerability }) => vulnerability.id),
  cvss: ({ atLeast, prefer = [...CVSS_VERSIONS] }) =>
    over(
      'cvss',
      ({ cvss }) => scoreByPreference(cvss, prefer),
      (score) => score >= atLeast,
      isVulnerability,
    ),
  qds: (value) => over('qds', ({ qds }) => qds, within(value), isVulnerability),
  epss: (value) => over('epss', ({ epss }) => epss, within(value), isVulnerability),
  knownExploited: (value) =>
    over(
      'knownExploited',
      ({ knownExploited }) => knownExploited,
      (flag) => flag === value,
      isVulnerability,
    ),
  fixAvailable: (value) =>
    over(
      'fixAvailable',
      ({ fix }) => fix?.available,
      (flag) => flag === value,
      isVulnerability,
    ),
  pci: (value) =>
    over(
      'pci',
      ({ pci }) => pci,
      (flag) => flag === value,
      isVulnerability,
    ),
  ageDays: (value) => {
    const test = within(value);
    return (finding, context) =>
      over('firstSeen', ({ firstSeen }) => ageInDays(firstSeen, context.nowMs), test)(finding, context);
  },
  cwe: (value) => {
    const wanted = new Set(many(value).map((cwe) => Number(String(cwe).replace(/\D/g, ''))));
    return over(
      'cwe',
      ({ vulnerability }) => vulnerability.cwe,
      (numbers) => numbers.some((cwe) => wanted.has(cwe)),
      isVulnerability,
    );
  },
  owasp: (value) => {
    const wanted = many(value).map((category) => category.trim().toUpperCase());
    const matches = (category: string): boolean =>
      wanted.some(
        (word) =>
          category.toUpperCase() === word ||
          category.toUpperCase().startsWith(`${word}:`) ||
          category.toUpperCase().startsWith(`${word} `),
      );
    return over(
      'owasp',
      ({ vulnerability }) => vulnerability.owasp,
      (categories) => categories.some(matches),
      isVulnerability,
    );
  },
  package: packageSelector,
  path: async (value) => {
    const matches = await pathGlob(value);
    return (finding) => {
      const path = pathOf(finding);
      return path !== undefined && matches(path);
    };
  },
  url: (value) => {
    const matches = textGlob(value);
    return ({ location }) => location.kind === 'web' && location.url !== undefined && matches(location.url);
  },
  state: (value) => {
    const wanted = new Set(many(value).map((state) => state.trim().toLowerCase()));
    return ({ state }) => wanted.has(state?.toLowerCase() ?? '');
  },
  scanner: (value) => exactly(value, ({ scanner }) => scanner),
  target: (value) => exactly(value, ({ target }) => target),
  tags: (value) => {
    const wanted = many(value).map((tag) => tag.trim());
    return (_, { tags }) => wanted.some((tag) => tags.includes(tag));
  },
  expression: async (value) => {
    const run = await compileExpression(value);
    return (finding, context) => {
      const result = run(finding, ageInDays(finding.firstSeen, context.nowMs), context.tags);
      if (typeof result === 'boolean') return result;
      context.missing.push(result.missing);
      return undefined;
    };
  },
};

/** Turns the written selector into a function. Throws a ScangateError for an expression or range that cannot be read. */
export async function compileSelect(select: SelectInput): Promise<Selector> {
  const { anyOf, allOf, not, ...criteria } = select;
  const selectors: Selector[] = [];
  for (const [key, value] of Object.entries(criteria)) {
    if (value === undefined) continue;
    const compile = CRITERIA[key as keyof typeof CRITERIA] as Criterion<keyof SelectInput>;
    selectors.push(await compile(value));
  }
  if (anyOf) selectors.push(some(await Promise.all(anyOf.map(compileSelect))));
  if (allOf) selectors.push(every(await Promise.all(allOf.map(compileSelect))));
  if (not) selectors.push(none(await compileSelect(not)));
  return every(selectors);
}
