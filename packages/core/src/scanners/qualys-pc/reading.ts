import { excerpt } from '../../errors.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanProblem } from '../../model/scan.js';
import { child, textAt, type XmlElement } from '../../wire/xml.js';
import { counted, listNames, MAX_NAMES, scanProblem } from '../problem.js';
import { countOf } from '../qualys-host.js';
import { type ControlResult, controlFinding, controlResult, type ResultWord } from './control.js';
import type { Named } from './details.js';
import { Glossary } from './glossary.js';
import type { KnownHost } from './hosts.js';
import type { PosturePage } from './posture.js';

/** What is asked of every policy of a target. */
export interface Question {
  /** The hosts that must be in the posture, by id. */
  hosts: ReadonlyMap<string, KnownHost>;
  /** Only these controls; empty: all. */
  include: ReadonlySet<string>;
  excluded: ReadonlySet<string>;
  /** By the platform's clock. */
  nowMs: number;
  /** Takes down that a control was looked at on a host. */
  saw(controlId: string, hostId: string): void;
}

export interface SeenHost {
  name: string;
  /** When a compliance scan last looked at it. */
  scannedMs?: number | undefined;
  /** When the newest of its results was worked out. */
  evaluatedMs?: number | undefined;
}

const SHOWN = [
  ['passed', 'passed'],
  ['failed', 'failed'],
  ['error', 'in error'],
  ['excepted', 'passed by exception'],
  ['unknown', 'in an unknown state'],
] as const satisfies readonly (readonly [ResultWord, string])[];

/** The posture of one policy while it is read. */
export class PolicyReading {
  readonly seen = new Map<string, SeenHost>();
  private readonly glossary = new Glossary();
  private readonly words: Record<ResultWord, number> = { passed: 0, failed: 0, error: 0, excepted: 0, unknown: 0 };
  private readonly undecided = new Names();
  private readonly unknown = new Names();
  private readonly unclear = new Names();
  private readonly warnings = new Set<string>();
  private readonly mismatches: ScanProblem[] = [];
  private others = 0;
  private excludedCount = 0;

  constructor(
    private readonly policy: Named,
    private readonly question: Question,
  ) {}

  /** All pages of one call. */
  async *read(pages: AsyncIterable<PosturePage>): AsyncGenerator<RawFinding[], void, undefined> {
    const totals: number[] = [];
    let records = 0;
    let failed = 0;
    const failures: number[] = [];
    for await (const page of pages) {
      this.glossary.add(page.glossary);
      for (const warning of page.warnings) this.warnings.add(warning);
      const results = page.records.map((info) => controlResult(info, this.question.nowMs));
      records += results.length;
      failed += results.filter(({ word }) => word === 'failed').length;
      const instances = child(page.summary, 'CONTROL_INSTANCES');
      push(totals, instances, 'TOTAL');
      push(failures, instances, 'TOTAL_FAILED');
      yield results.flatMap((result) => this.take(result));
    }
    if (records === 0) return;
    this.compare('results', totals, records);
    if (totals.length > 0) this.compareFailed(failures, failed);
  }

  private take(result: ControlResult): RawFinding[] {
    const { question, glossary } = this;
    const host = question.hosts.get(result.hostId);
    // The platform is known to pass over filters that it does not like: this host belongs to somebody else.
    if (!host) return [];
    this.see(result, host);
    if (question.include.size > 0 && !question.include.has(result.controlId)) {
      this.others++;
      return [];
    }
    question.saw(result.controlId, result.hostId);
    this.words[result.word]++;
    const subject = host.name;
    const place = { policy: this.policy, subject, glossary, excluded: question.excluded };
    const finding = controlFinding(result, place);
    if (question.excluded.has(result.controlId)) this.excludedCount++;
    else this.doubt(result, `${result.controlId} on ${subject}`, finding?.ignored !== undefined);
    return finding ? [finding] : [];
  }

  private see({ hostId, evaluatedMs }: ControlResult, host: KnownHost): void {
    const before = this.seen.get(hostId);
    const evaluated = Math.max(evaluatedMs ?? 0, before?.evaluatedMs ?? 0);
    if (before && before.evaluatedMs === (evaluated || undefined)) return;
    const scannedMs = this.glossary.hosts.get(hostId)?.scannedMs ?? host.scannedMs;
    this.seen.set(hostId, { name: host.name, scannedMs, evaluatedMs: evaluated || undefined });
  }

  private doubt({ word, status, exception }: ControlResult, what: string, isSetAside: boolean): void {
    if (exception.kind === 'unclear') this.unclear.add(`${what} (${exception.shown})`);
    if (isSetAside) return;
    if (word === 'error') this.undecided.add(what);
    if (word === 'unknown') this.unknown.add(`${what} (${excerpt(status, 30)})`);
  }

  /** Whether the summary of each page speaks of the page or of the whole is not documented, so either will do. */
  private compare(what: string, told: readonly number[], read: number): void {
    const name = nameOf(this.policy);
    if (told.length === 0) {
      this.mismatches.push(
        scanProblem('SCANGATE_SCAN_INCOMPLETE', `the posture of ${name} has no summary to compare its ${what} with`),
      );
      return;
    }
    const sum = told.reduce((all, one) => all + one, 0);
    if (sum === read || told.includes(read)) return;
    this.mismatches.push(
      scanProblem(
        'SCANGATE_SCAN_COUNT_MISMATCH',
        `the posture of ${name} counts ${listNames(told.map(String))} ${what}, and lists ${read}`,
        'collect again: the platform may still be working on the results',
      ),
    );
  }

  /** Failures that an exception sets aside may be counted among the exceptions instead. */
  private compareFailed(told: readonly number[], failed: number): void {
    if (Math.max(0, ...told) > failed) this.compare('failures', told, failed);
  }

  /** What was looked at; undefined when nothing was. */
  get evidence(): string | undefined {
    const results = Object.values(this.words).reduce((all, one) => all + one, 0);
    if (results === 0) return undefined;
    const counts = SHOWN.filter(([word]) => this.words[word] > 0).map(
      ([word, shown]) => `${this.words[word]} ${shown}`,
    );
    const left = [
      this.excludedCount > 0 ? `${this.excludedCount} left out by the target` : '',
      this.others > 0 ? `${counted(this.others, 'result')} of other controls not asked for` : '',
    ].filter((part) => part !== '');
    const hosts = counted(this.seen.size, 'host');
    return `${nameOf(this.policy)}: ${[...counts, ...left].join(', ')} on ${hosts}`;
  }

  problems(): ScanProblem[] {
    const name = nameOf(this.policy);
    const missing = [...this.question.hosts].filter(([id]) => !this.seen.has(id)).map(([, host]) => excerpt(host.name));
    const told: [Names, (shown: string, count: number) => ScanProblem][] = [
      [
        this.undecided,
        (shown, count) =>
          scanProblem(
            'SCANGATE_SCAN_INCOMPLETE',
            `${counted(count, 'control')} of ${name} could not be decided: ${shown}`,
            'read the error in the posture report of the platform, or leave the control out with controls.exclude',
          ),
      ],
      [
        this.unknown,
        (shown, count) =>
          scanProblem(
            'SCANGATE_SCAN_UNKNOWN_STATE',
            `${counted(count, 'control')} of ${name} in a state that is not known: ${shown}`,
          ),
      ],
      [
        this.unclear,
        (shown, count) =>
          scanProblem(
            'SCANGATE_SCAN_UNKNOWN_STATE',
            `${counted(count, 'exception')} of ${name} cannot be read: ${shown}`,
            'look at the exception on the platform; until then the result counts',
          ),
      ],
    ];
    return [
      ...(missing.length === 0 ? [] : [missingHosts(name, missing)]),
      ...this.mismatches,
      ...told.filter(([names]) => names.count > 0).map(([names, problem]) => problem(names.shown, names.count)),
      ...[...this.warnings].map((text) =>
        scanProblem('SCANGATE_SCAN_INCOMPLETE', `the posture of ${name}: the platform warns, ${text}`),
      ),
    ];
  }
}

const missingHosts = (name: string, missing: readonly string[]): ScanProblem =>
  scanProblem(
    'SCANGATE_SCAN_INCOMPLETE',
    `${name} has no result for ${counted(missing.length, 'host')}: ${listNames(missing)}`,
    'assign the asset group of the host to the policy, check that the policy covers its technology, and let it be scanned',
  );

export const nameOf = ({ id, name }: Named): string => `policy ${excerpt(name, 100)} (${id})`;

function push(list: number[], counts: XmlElement | undefined, name: string): void {
  const count = countOf(textAt(counts, name), `SUMMARY.${name}`);
  if (count !== undefined) list.push(count);
}

/** The first few of many names. */
class Names {
  count = 0;
  private readonly first: string[] = [];

  add(name: string): void {
    this.count++;
    if (this.first.length < MAX_NAMES) this.first.push(name);
  }

  get shown(): string {
    return listNames(this.first, this.count);
  }
}
