/** The results inside a scan's download: counters first, then the lists, without severities. */
import type { FindingKind, FindingSpec, Scan, Vulnerability } from '../model.js';
import type { World } from '../world.js';
import { countedList, encoded, flag, group, longList, number, quoted, text, type Value } from './record.js';
import { base64 } from './was-finding.js';

type Member = readonly [string, Value | undefined];

const LEVELS = [5, 4, 3, 2, 1] as const;
const PREFIXES: Readonly<Record<FindingKind, string>> = {
  VULNERABILITY: 'nbVulns',
  SENSITIVE_CONTENT: 'nbScs',
  INFORMATION_GATHERED: 'nbIgs',
};

interface Tally {
  total: number;
  readonly levels: Map<string, number>;
}

const emptyTally = (): Tally => ({ total: 0, levels: new Map() });

function add(tally: Tally, level: string): void {
  tally.total += 1;
  tally.levels.set(level, (tally.levels.get(level) ?? 0) + 1);
}

interface Tallies {
  readonly kinds: Readonly<Record<FindingKind, Tally>>;
  readonly groups: Map<string, Tally>;
  readonly owasp: Map<string, Tally>;
  readonly wasc: Map<string, Tally>;
}

function addTo(tallies: Map<string, Tally>, name: string | undefined, level: string): void {
  if (name === undefined) return;
  const tally = tallies.get(name) ?? emptyTally();
  add(tally, level);
  tallies.set(name, tally);
}

function count(seen: Iterable<FindingSpec>, known: ReadonlyMap<number, Vulnerability>): Tallies {
  const tallies: Tallies = {
    kinds: { VULNERABILITY: emptyTally(), SENSITIVE_CONTENT: emptyTally(), INFORMATION_GATHERED: emptyTally() },
    groups: new Map(),
    owasp: new Map(),
    wasc: new Map(),
  };
  for (const spec of seen) {
    add(tallies.kinds[spec.kind], spec.severity);
    if (spec.kind !== 'VULNERABILITY') continue;
    const vulnerability = known.get(spec.qid);
    addTo(tallies.groups, spec.group, spec.severity);
    addTo(tallies.owasp, vulnerability?.owasp?.name, spec.severity);
    addTo(tallies.wasc, vulnerability?.wasc?.name, spec.severity);
  }
  return tallies;
}

function levels(tally: Tally, prefix: string, extra = 0): readonly Member[] {
  return [
    [`${prefix}Total`, number(tally.total + extra)],
    ...LEVELS.map((level): Member => {
      const more = level === 5 ? extra : 0;
      return [`${prefix}Level${level}`, number((tally.levels.get(String(level)) ?? 0) + more)];
    }),
  ];
}

function byName(item: string, member: string, tallies: ReadonlyMap<string, Tally>): Value {
  const entries = [...tallies].map(([name, tally]) => group([[member, text(name)], ...levels(tally, 'nb')]));
  return countedList(item, entries);
}

function stats(world: World, tallies: Tallies): Value {
  const { faults } = world;
  const extra = faults.isActive('counter-mismatch') ? Number(faults.setting('counter-mismatch', 'extra')) : 0;
  const kinds = Object.entries(tallies.kinds) as [FindingKind, Tally][];
  const global = kinds.flatMap(([kind, tally]) => levels(tally, PREFIXES[kind], kind === 'VULNERABILITY' ? extra : 0));
  return group([
    ['global', group(global)],
    ['byGroup', byName('GroupStat', 'group', tallies.groups)],
    ['byOwasp', byName('OwaspStat', 'owasp', tallies.owasp)],
    ['byWasc', byName('WascStat', 'wasc', tallies.wasc)],
  ]);
}

function title(world: World, spec: FindingSpec): Value {
  return quoted(world.store.vulnerabilities.get(spec.qid)?.title ?? `QID ${spec.qid}`);
}

function instances(world: World, spec: FindingSpec, type: string): Value {
  const payload = group([
    ['payload', quoted(spec.payload ?? 'N/A')],
    ['result', encoded(base64(world, spec.response))],
  ]);
  const instance = group([
    ['authenticated', flag(spec.authenticated)],
    ['payloads', countedList(`${type}Payload`, [payload])],
  ]);
  return countedList(`${type}Instance`, [instance]);
}

function occurrence(world: World, spec: FindingSpec, type: string): Value {
  return group([
    ['qid', number(spec.qid)],
    ['title', title(world, spec)],
    ['uri', quoted(spec.url ?? '')],
    ['param', spec.param === undefined ? undefined : quoted(spec.param)],
    ['content', spec.kind === 'SENSITIVE_CONTENT' ? quoted(spec.response) : undefined],
    ['instances', instances(world, spec, type)],
  ]);
}

function gathered(world: World, spec: FindingSpec): Value {
  return group([
    ['qid', number(spec.qid)],
    ['title', title(world, spec)],
    ['data', encoded(base64(world, spec.response))],
  ]);
}

/** The last members of a downloaded scan. The lists are made while they are written: there may be very many. */
export function scanResults(world: World, scan: Scan): readonly Member[] {
  const tallies = count(world.store.seenByScan(scan), world.store.vulnerabilities);
  function* entries(kind: FindingKind, render: (spec: FindingSpec) => Value): Iterable<Value> {
    for (const spec of world.store.seenByScan(scan)) if (spec.kind === kind) yield render(spec);
  }
  const list = (kind: FindingKind, item: string, render: (spec: FindingSpec) => Value): Value =>
    longList(item, tallies.kinds[kind].total, () => entries(kind, render));
  return [
    ['stats', stats(world, tallies)],
    ['vulns', list('VULNERABILITY', 'WasScanVuln', (spec) => occurrence(world, spec, 'WasScanVuln'))],
    [
      'sensitiveContents',
      list('SENSITIVE_CONTENT', 'WasScanSensitiveContent', (spec) =>
        occurrence(world, spec, 'WasScanSensitiveContent'),
      ),
    ],
    ['igs', list('INFORMATION_GATHERED', 'WasScanIg', (spec) => gathered(world, spec))],
  ];
}
