import type { FindingSpec, HistoryEntry, Person, WebApp } from './model.js';

/** What a user did to a finding through the API. */
export interface Overlay {
  ignored?: { readonly reason: string; readonly comment: string; readonly date: number } | undefined;
  severity?: { readonly value: string; readonly comment: string; readonly date: number } | undefined;
}

/** A finding as the platform shows it now. */
export interface FindingView {
  readonly spec: FindingSpec;
  readonly index: number;
  readonly webApp: WebApp;
  readonly severity: string;
  /** Absent on information gathered. */
  readonly status?: string;
  readonly first: number;
  readonly last: number;
  readonly tested: number;
  readonly fixed?: number;
  readonly times: number;
  readonly sightings: readonly HistoryEntry[];
  readonly ignored?: { readonly reason: string; readonly comment: string; readonly date: number; readonly by: Person };
  readonly edited?: { readonly comment: string; readonly date: number; readonly by: Person };
}

function present(spec: FindingSpec, at: number): boolean {
  if (at < spec.from) return false;
  if (spec.again !== undefined && at >= spec.again) return true;
  return spec.until === undefined || at < spec.until;
}

function tests(entry: HistoryEntry, spec: FindingSpec, share: number): boolean {
  if (entry.discovery && spec.kind !== 'INFORMATION_GATHERED') return false;
  return share < entry.coverage;
}

/** Whether a scan saw the finding: `at` counts the processed scans of the application. */
export function seenBy(spec: FindingSpec, share: number, entry: HistoryEntry, at: number): boolean {
  return tests(entry, spec, share) && present(spec, at);
}

function statusOf(spec: FindingSpec, sightings: readonly number[], tested: readonly number[]): string {
  const lastSighting = sightings.at(-1) ?? -1;
  const lastTest = tested.at(-1) ?? -1;
  if (lastTest > lastSighting) return 'FIXED';
  if (sightings.length === 1) return 'NEW';
  return spec.again !== undefined && lastSighting === spec.again ? 'REOPENED' : 'ACTIVE';
}

interface Place {
  readonly index: number;
  /** Where the finding lies in the application, 0 to 1: a partial scan reaches the first part only. */
  readonly share: number;
  readonly webApp: WebApp;
  readonly person: Person;
}

function ignoredOf(spec: FindingSpec, first: number, overlay: Overlay | undefined): FindingView['ignored'] | undefined {
  const by = { id: 0, username: '', firstName: '', lastName: '' };
  if (overlay && 'ignored' in overlay) return overlay.ignored && { ...overlay.ignored, by };
  return spec.ignored && { ...spec.ignored, date: first, by };
}

/** The finding, or nothing while no processed scan has seen it. */
export function viewFinding(
  spec: FindingSpec,
  place: Place,
  history: readonly HistoryEntry[],
  overlay: Overlay | undefined,
): FindingView | undefined {
  const tested: number[] = [];
  const seen: number[] = [];
  for (const [at, entry] of history.entries()) {
    if (at < spec.from || !tests(entry, spec, place.share)) continue;
    tested.push(at);
    if (present(spec, at)) seen.push(at);
  }
  const sightings = seen.flatMap((at) => history[at] ?? []);
  const [firstSeen] = sightings;
  const lastSeen = sightings.at(-1);
  const lastTest = history[tested.at(-1) ?? -1];
  if (firstSeen === undefined || lastSeen === undefined || lastTest === undefined) return undefined;
  const status = spec.kind === 'INFORMATION_GATHERED' ? undefined : statusOf(spec, seen, tested);
  const fixedBy = history[tested.find((at) => at > (seen.at(-1) ?? 0)) ?? -1];
  const ignored = ignoredOf(spec, firstSeen.ended, overlay);
  return {
    spec,
    index: place.index,
    webApp: place.webApp,
    severity: overlay?.severity?.value ?? spec.severity,
    ...(status === undefined ? {} : { status }),
    first: firstSeen.ended,
    last: lastSeen.ended,
    tested: lastTest.ended,
    ...(status === 'FIXED' && fixedBy ? { fixed: fixedBy.ended } : {}),
    times: sightings.length,
    sightings,
    ...(ignored ? { ignored: { ...ignored, by: place.person } } : {}),
    ...(overlay?.severity ? { edited: { ...overlay.severity, by: place.person } } : {}),
  };
}
