import { ScangateError } from '../../errors.js';
import { isPassingFault } from '../../http/index.js';
import type { RawFinding } from '../../model/finding.js';
import type { OpenAnswer } from '../../qualys/types.js';
import { Shelf } from '../../wire/shelf.js';
import type { Enricher } from '../qualys-enrich.js';
import type { ScanServices } from '../scanner.js';

/** A large answer breaks off at times, and only the reader of its body notices. */
const TRIES = 3;

const BROKEN = new Set(['SCANGATE_REPORT_TRUNCATED', 'SCANGATE_REPORT_EMPTY']);

export interface Source<R> {
  /** For messages: `the results of the scan scan/1.2`. */
  what: string;
  syntax: OpenAnswer['syntax'];
  open(): Promise<OpenAnswer>;
  read(body: OpenAnswer['body']): AsyncGenerator<RawFinding[], R, undefined>;
}

/**
 * Reads an answer as it comes, and from its beginning again after it broke off; nothing is handed out twice. What was
 * handed out has to come again: otherwise it is not the same answer.
 */
export async function* readWhole<R>(
  source: Source<R>,
  services: ScanServices,
): AsyncGenerator<RawFinding[], R, undefined> {
  const given = new Given();
  for (let attempt = 1; ; attempt++) {
    try {
      return yield* readOnce(source, given);
    } catch (error) {
      const isBroken = isPassingFault(error) || (error instanceof ScangateError && BROKEN.has(error.code));
      if (!isBroken || attempt === TRIES) throw asAnswer(error, source.what);
      services.log(`${source.what} broke off, and are asked for again`);
    }
  }
}

async function* readOnce<R>(source: Source<R>, given: Given): AsyncGenerator<RawFinding[], R, undefined> {
  const answer = await source.open();
  const skip = given.again();
  try {
    if (answer.syntax !== source.syntax && answer.syntax !== 'empty') {
      throw new ScangateError('SCANGATE_QUALYS_ANSWER', `${source.what} are no ${source.syntax.toUpperCase()}`);
    }
    const reading = source.read(answer.body);
    for (;;) {
      const step = await reading.next();
      if (step.done) {
        skip.end();
        return step.value;
      }
      const fresh = skip.pass(step.value);
      if (fresh.length === 0) continue;
      given.add(fresh);
      yield fresh;
    }
  } finally {
    answer.close();
  }
}

/** What was handed out: how many findings, and a number that tells their order. */
class Given {
  private count = 0;
  private mark = 0;

  add(findings: readonly RawFinding[]): void {
    this.count += findings.length;
    for (const finding of findings) this.mark = marked(this.mark, finding);
  }

  /** For one more reading: lets pass what comes after what was handed out. */
  again(): { pass(findings: RawFinding[]): RawFinding[]; end(): void } {
    const { count, mark } = this;
    let left = count;
    let seen = 0;
    const check = (isAlike: boolean): void => {
      if (isAlike) return;
      throw new ScangateError('SCANGATE_QUALYS_ANSWER', 'an answer that broke off came differently the next time');
    };
    return {
      pass: (findings) => {
        if (left === 0) return findings;
        const old = findings.slice(0, left);
        for (const finding of old) seen = marked(seen, finding);
        left -= old.length;
        if (left === 0) check(seen === mark);
        return findings.slice(old.length);
      },
      end: () => check(left === 0),
    };
  }
}

function marked(mark: number, { vulnerability, identity, location, kind, severity }: RawFinding): number {
  const place = location.kind === 'host' ? `${location.ip} ${location.host} ${location.port}` : location.kind;
  const text = identity ?? `${vulnerability.id} ${kind} ${severity} ${place}`;
  let state = mark;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return state;
}

/** The readers speak of reports; here it is an answer of the platform. */
function asAnswer(error: unknown, what: string): unknown {
  if (!(error instanceof ScangateError) || !error.code.startsWith('SCANGATE_REPORT_')) return error;
  return new ScangateError('SCANGATE_QUALYS_ANSWER', `${what} cannot be read: ${error.message}`, { cause: error });
}

/** Findings that are handed on together: each step on the way to the verdict takes as long as judging several. */
const BATCH = 100;

/**
 * The same findings with what the KnowledgeBase knows. While an answer is open nothing can be asked, so findings with a
 * QID that is new wait until it has been read.
 */
export async function* enriching<R>(
  reading: AsyncGenerator<RawFinding[], R, undefined>,
  enricher: Enricher,
): AsyncGenerator<RawFinding[], R, undefined> {
  const waiting = new Shelf<RawFinding>();
  const qids = new Set<string>();
  const leave = (finding: RawFinding): void => {
    const { id } = finding.vulnerability;
    // A copy: the text is a part of the answer, which would stay in memory.
    if (!qids.has(id)) qids.add(Buffer.from(id).toString());
    waiting.append(finding);
  };
  let ready: RawFinding[] = [];
  for (;;) {
    const step = await reading.next();
    if (!step.done) {
      const known = enricher.enrichKnown(step.value, leave);
      ready = ready.length === 0 ? known : ready.concat(known);
      if (ready.length < BATCH) continue;
      yield ready;
      ready = [];
      continue;
    }
    if (ready.length > 0) yield ready;
    await enricher.learn(qids);
    for (const batch of waiting.batches()) yield await enricher.enrich(batch);
    return step.value;
  }
}
