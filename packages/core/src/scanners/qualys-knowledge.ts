import type { KnowledgeBaseEntry } from '../qualys/types.js';
import { PerRun } from './per-run.js';
import type { ScanServices } from './scanner.js';

/** What the KnowledgeBase has nothing for may come, and what it has may change: a run may last for a day. */
const KEEP_MS = 3_600_000;

interface Known {
  entry: KnowledgeBaseEntry | undefined;
  atMs: number;
}

/** What the KnowledgeBase says of QIDs: asked for once for all scans of a run. A failure is not kept. */
export class Knowledge {
  private readonly known = new Map<string, Known>();
  private expected = new Set<string>();

  static of(services: ScanServices): Knowledge {
    return RUNS.of(services);
  }

  /** QIDs that other scans will ask for: they go with the next call. */
  expect(qids: Iterable<string>): void {
    for (const qid of qids) this.expected.add(qid);
  }

  async lookUp(qids: Iterable<string>, services: ScanServices): Promise<void> {
    const isUnknown = (qid: string): boolean => !(services.now() - (this.known.get(qid)?.atMs ?? Number.NaN) < KEEP_MS);
    const wanted = [...qids].filter(isUnknown);
    if (wanted.length === 0) return;
    const asked = new Set([...wanted, ...[...this.expected].filter(isUnknown)]);
    const answer = await services.qualys().knowledgeBase.lookUp(asked, { signal: services.signal });
    for (const qid of asked) this.known.set(qid, { entry: answer.entries.get(qid), atMs: services.now() });
    this.expected = new Set();
    if (answer.missing.length > 0) services.log(`the KnowledgeBase has nothing for QID ${answer.missing.join(', ')}`);
  }

  get(qid: string): KnowledgeBaseEntry | undefined {
    return this.known.get(qid)?.entry;
  }
}

const RUNS = new PerRun(() => new Knowledge());
