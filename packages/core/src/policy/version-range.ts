import semver from 'semver';

type Comparator = { operator: '<' | '<=' | '>' | '>=' | '=' | '!='; version: string };

/** Alternatives of comparators that must all hold: `>=2.0 <2.17 || 3.0`. */
export type VersionRange = readonly (readonly Comparator[])[];

const COMPARATOR = /^(<=|>=|!=|==?|<|>)?([^<>=!|]*\d[^<>=!|]*)$/;

/** Undefined when the text is no range. */
export function parseVersionRange(text: string): VersionRange | undefined {
  const range: Comparator[][] = [];
  for (const alternative of text.split('||')) {
    const words = alternative
      .replace(/([<>=!])\s+(?![<>=!])/g, '$1')
      .split(/[\s,]+/)
      .filter(Boolean);
    const comparators = words.map((word) => COMPARATOR.exec(word));
    if (words.length === 0 || comparators.includes(null)) return undefined;
    range.push(comparators.map((found) => comparatorOf(found?.[1], found?.[2] ?? '')));
  }
  return range;
}

const comparatorOf = (operator: string | undefined, version: string): Comparator => ({
  operator: (operator === undefined || operator === '==' ? '=' : operator) as Comparator['operator'],
  version,
});

export function isInRange(version: string, range: VersionRange, ecosystem: string | undefined): boolean {
  return range.some((comparators) =>
    comparators.every(({ operator, version: bound }) => {
      const order = compareVersions(version, bound, ecosystem);
      if (operator === '=') return order === 0;
      if (operator === '!=') return order !== 0;
      if (operator === '<') return order < 0;
      if (operator === '<=') return order <= 0;
      return operator === '>' ? order > 0 : order >= 0;
    }),
  );
}

/** Package types whose versions follow a distribution's rules, as scanners name them. */
const DISTRIBUTIONS =
  /deb|ubuntu|rpm|redhat|rhel|centos|fedora|rocky|alma|oracle|amazon|suse|photon|mariner|azurelinux|apk|alpine|wolfi|chainguard/i;

/**
 * Order of two versions. Semantic versions by semver's rules; versions of distributions, and whatever is no semantic
 * version, by Debian's rules (deb-version(7): epoch, upstream, revision; `~` sorts before the end).
 */
export function compareVersions(a: string, b: string, ecosystem?: string): number {
  if (!DISTRIBUTIONS.test(ecosystem ?? '')) {
    const [left, right] = [semantic(a), semantic(b)];
    if (left && right) return semver.compare(left, right);
  }
  return compareDebian(a, b);
}

function semantic(version: string): string | undefined {
  const text = version.trim().replace(/^v/i, '');
  const short = /^(\d+)(?:\.(\d+))?$/.exec(text);
  return semver.valid(short ? `${short[1]}.${short[2] ?? '0'}.0` : text, { loose: true }) ?? undefined;
}

function compareDebian(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return (
    left.epoch - right.epoch ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
}

function partsOf(version: string): { epoch: number; upstream: string; revision: string } {
  const [, epoch = '0', rest = ''] = /^\s*(?:(\d+):)?(.*?)\s*$/s.exec(version) ?? [];
  const dash = rest.lastIndexOf('-');
  return dash < 0
    ? { epoch: Number(epoch), upstream: rest, revision: '' }
    : { epoch: Number(epoch), upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) };
}

function compareParts(a: string, b: string): number {
  let left = a;
  let right = b;
  while (left !== '' || right !== '') {
    const [leftText = '', rightText = ''] = [/^\D*/.exec(left)?.[0], /^\D*/.exec(right)?.[0]];
    const order = compareText(leftText, rightText);
    if (order !== 0) return order;
    left = left.slice(leftText.length);
    right = right.slice(rightText.length);
    const [leftDigits = '', rightDigits = ''] = [/^\d*/.exec(left)?.[0], /^\d*/.exec(right)?.[0]];
    const difference = BigInt(leftDigits || 0) - BigInt(rightDigits || 0);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
    left = left.slice(leftDigits.length);
    right = right.slice(rightDigits.length);
  }
  return 0;
}

/** Letters before everything else, `~` before even the end. */
function compareText(a: string, b: string): number {
  const rank = (character: string | undefined): number => {
    if (character === '~') return -1;
    if (character === undefined) return 0;
    return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
  };
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = rank(a[index]) - rank(b[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}
