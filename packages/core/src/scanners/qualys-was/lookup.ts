import { PerRun } from '../per-run.js';
import { type Kind, type Looker, type Named, resolveOne, type Wanted } from '../qualys-resolve.js';
import type { ScanServices } from '../scanner.js';
import type { WasDetails } from './details.js';
import { findTogether } from './find-together.js';
import { Gather } from './gather.js';
import { durationsOf, durationsTogether } from './history.js';

/**
 * What plans look up. Plans that are under way at the same time, in one run, share it: what several want is asked for
 * once, and what is asked for in the same turn goes into one call. It is forgotten with the last of them, and a failure
 * at once.
 */
export class Lookup implements Looker {
  readonly client: Looker['client'];
  readonly signal: AbortSignal;
  private readonly named = new Map<string, Promise<Named>>();
  private readonly kinds = new Map<Kind, Gather<Wanted, Named>>();
  private readonly histories = new Map<WasDetails['type'], Gather<WasDetails, number[]>>();
  private plans = 0;

  constructor(private readonly services: ScanServices) {
    this.client = services.qualys();
    this.signal = services.signal;
  }

  /** Runs a plan with the look-ups that it shares. */
  static async during<T>(services: ScanServices, plan: (lookup: Lookup) => Promise<T>): Promise<T> {
    const lookup = LOOKUPS.of(services);
    lookup.plans++;
    try {
      return await plan(lookup);
    } finally {
      lookup.plans--;
      if (lookup.plans === 0) LOOKUPS.forget(services);
    }
  }

  /** As {@link resolveOne}. */
  one(kind: Kind, wanted: Wanted): Promise<Named> {
    const key = `${kind.object} ${wanted}`;
    const known = this.named.get(key);
    if (known) return known;
    const found = this.gatherOf(kind).ask(wanted);
    this.named.set(key, found);
    found.catch(() => this.named.delete(key));
    return found;
  }

  /** Several, in the order they are wanted, each once. */
  async each(kind: Kind, wanted: readonly Wanted[]): Promise<Named[]> {
    const outcomes = await Promise.allSettled(wanted.map((one) => this.one(kind, one)));
    const found = new Map<string, Named>();
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') throw outcome.reason;
      found.set(outcome.value.id, outcome.value);
    }
    return [...found.values()];
  }

  /** As {@link durationsOf}. */
  async durations(details: WasDetails): Promise<number[]> {
    if (details.webApps.length === 0) return [];
    const { services } = this;
    const gather =
      this.histories.get(details.type) ??
      new Gather<WasDetails, number[]>({
        together: (all) => durationsTogether(all, details.type, services),
        alone: (one) => durationsOf(one, services),
        log: services.log,
      });
    this.histories.set(details.type, gather);
    return await gather.ask(details);
  }

  private gatherOf(kind: Kind): Gather<Wanted, Named> {
    const known = this.kinds.get(kind);
    if (known) return known;
    const gather = new Gather<Wanted, Named>({
      together: (wanted) => findTogether(this, kind, wanted),
      alone: (wanted) => resolveOne(this, kind, wanted),
      log: this.services.log,
    });
    this.kinds.set(kind, gather);
    return gather;
  }
}

const LOOKUPS = new PerRun((services) => new Lookup(services));
