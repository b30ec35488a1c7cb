import type { Clock } from './clock.js';
import { type Compliance, createCompliance } from './compliance.js';
import { type CsStore, createCsStore } from './cs-store.js';
import { type FindingView, type Overlay, seenBy, viewFinding } from './finding-view.js';
import type {
  FindingSource,
  FindingSpec,
  HistoryEntry,
  Host,
  Machine,
  Report,
  Scan,
  Seed,
  VmScan,
  Vulnerability,
  WebApp,
} from './model.js';
import { type ScanState, scanState } from './scan-state.js';
import { generatedSource } from './seed/findings.js';
import { assetsOf, hostsOf, isConnectorDone, isKnown } from './vm-hosts.js';

export interface Launch {
  readonly name: string;
  readonly scanId: number;
  /** Absent for scans of machines. */
  readonly webAppId?: number;
  readonly at: number;
}

export interface FindingQuery {
  /** Ids above this one only. */
  readonly afterId?: number;
  /** Of these web applications only. */
  readonly webAppIds?: ReadonlySet<number>;
}

/** The state of the simulated subscription. */
export interface Store {
  readonly seed: Seed;
  readonly cs: CsStore;
  readonly webApps: Map<number, WebApp>;
  readonly scans: Map<number, Scan>;
  readonly reports: Map<number, Report>;
  readonly vulnerabilities: ReadonlyMap<number, Vulnerability>;
  readonly overlays: Map<number, Overlay>;
  readonly launches: Launch[];
  readonly compliance: Compliance;
  readonly calls: Map<string, number>;
  readonly vmScans: Map<number, VmScan>;
  /** When a connector was run last, by its id. */
  readonly connectorRuns: Map<number, number>;
  /** Machines that have been scanned, with what was found on them. */
  hosts(): readonly Host[];
  /** Hosts, and machines that are known without a scan. */
  assets(): readonly Host[];
  isKnown(machine: Machine): boolean;
  nextId(kind: 'webApp' | 'scan' | 'report' | 'vmScan'): number;
  state(scan: Scan): ScanState;
  /** Lets finished scans change the findings of their applications. */
  settle(): void;
  addWebApp(webApp: WebApp): void;
  findings(query?: FindingQuery): Iterable<FindingView>;
  finding(id: number): FindingView | undefined;
  /** What one processed scan saw. */
  seenByScan(scan: Scan): Iterable<FindingSpec>;
  hasHistory(webAppId: number): boolean;
}

const FIRST_IDS = { webApp: 900_001, scan: 5_000_001, report: 70_001, vmScan: 3_100_001 };

/** Index of the first finding whose id is above the given one. */
function seek(source: FindingSource, afterId: number): number {
  let low = 0;
  let high = source.size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (source.at(middle).id > afterId) high = middle;
    else low = middle + 1;
  }
  return low;
}

class Findings {
  readonly #sources: FindingSource[];
  readonly #history = new Map<number, HistoryEntry[]>();

  constructor(
    private readonly store: Pick<Store, 'webApps' | 'overlays' | 'seed'>,
    sources: readonly FindingSource[],
  ) {
    this.#sources = [...sources].sort((left, right) => left.at(0).id - right.at(0).id);
  }

  addSource(webAppId: number): void {
    this.#sources.push(generatedSource(webAppId, this.#sources.length + 1));
  }

  history(webAppId: number): readonly HistoryEntry[] {
    return this.#history.get(webAppId) ?? [];
  }

  remember(webAppId: number, entry: HistoryEntry): void {
    const entries = this.#history.get(webAppId) ?? [];
    if (entries.some((known) => known.scanId === entry.scanId)) return;
    this.#history.set(webAppId, [...entries, entry]);
  }

  *views({ afterId = 0, webAppIds }: FindingQuery): Iterable<FindingView> {
    for (const source of this.#sources) {
      if (webAppIds && !webAppIds.has(source.webAppId)) continue;
      const webApp = this.store.webApps.get(source.webAppId);
      const history = this.history(source.webAppId);
      if (webApp === undefined || history.length === 0) continue;
      for (let index = seek(source, afterId); index < source.size; index += 1) {
        const spec = source.at(index);
        const place = { index, share: index / source.size, webApp, person: this.store.seed.account.person };
        const view = viewFinding(spec, place, history, this.store.overlays.get(spec.id));
        if (view) yield view;
      }
    }
  }

  *seenBy(webAppId: number, scanId: number): Iterable<FindingSpec> {
    const history = this.history(webAppId);
    const at = history.findIndex((entry) => entry.scanId === scanId);
    const entry = history[at];
    const source = this.#sources.find((candidate) => candidate.webAppId === webAppId);
    if (entry === undefined || source === undefined) return;
    for (let index = 0; index < source.size; index += 1) {
      const spec = source.at(index);
      if (seenBy(spec, index / source.size, entry, at)) yield spec;
    }
  }
}

export function createStore(seed: Seed, clock: Clock): Store {
  const webApps = new Map(seed.webApps.map((webApp) => [webApp.id, { ...webApp }]));
  const scans = new Map(seed.pastScans.map((scan) => [scan.id, { ...scan }]));
  const overlays = new Map<number, Overlay>();
  const findings = new Findings({ webApps, overlays, seed }, seed.findings);
  const next = { ...FIRST_IDS };
  const vmScans = new Map(seed.pastVmScans.map((scan) => [scan.id, { ...scan }]));
  const connectorRuns = new Map<number, number>();
  const known = (machine: Machine): boolean =>
    isKnown(machine, seed.connectors, (id) => isConnectorDone(connectorRuns.get(id), clock.now()));
  const state = (scan: Scan): ScanState => scanState(scan, clock.now(), webApps.get(scan.webAppId)?.goodWord);
  const settle = (): void => {
    const settled = [...scans.values()].map((scan) => ({ scan, is: state(scan) }));
    const ready = settled.filter(({ is }) => is.settled !== undefined && is.coverage > 0);
    for (const { scan, is } of ready.sort((left, right) => (left.is.settled ?? 0) - (right.is.settled ?? 0))) {
      findings.remember(scan.webAppId, {
        scanId: scan.id,
        reference: scan.reference,
        launched: scan.launched,
        ended: is.ended ?? scan.launched,
        discovery: scan.type === 'DISCOVERY',
        coverage: is.coverage,
      });
    }
  };
  settle();
  return {
    seed,
    cs: createCsStore(seed.cs, clock),
    webApps,
    scans,
    overlays,
    vmScans,
    connectorRuns,
    hosts: () => hostsOf(seed, vmScans.values(), clock.now()),
    assets: () => assetsOf(seed, vmScans.values(), clock.now(), known),
    isKnown: known,
    reports: new Map(),
    vulnerabilities: new Map(seed.vulnerabilities.map((vulnerability) => [vulnerability.qid, vulnerability])),
    launches: [],
    compliance: createCompliance(seed, clock),
    calls: new Map(),
    nextId: (kind) => {
      next[kind] += 1;
      return next[kind] - 1;
    },
    state,
    settle,
    addWebApp: (webApp) => {
      webApps.set(webApp.id, webApp);
      findings.addSource(webApp.id);
    },
    findings: (query = {}) => findings.views(query),
    finding: (id) => {
      for (const view of findings.views({ afterId: id - 1 })) return view.spec.id === id ? view : undefined;
      return undefined;
    },
    seenByScan: (scan) => findings.seenBy(scan.webAppId, scan.id),
    hasHistory: (webAppId) => findings.history(webAppId).length > 0,
  };
}
