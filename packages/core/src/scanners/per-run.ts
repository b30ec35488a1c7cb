import type { QualysClient } from '../qualys/types.js';
import type { ScanServices } from './scanner.js';

/**
 * What the targets of one run share. A run is told by its client and its signal: another run, in the same process or
 * not, begins with nothing, and what another signal would abort is not shared.
 */
export class PerRun<T> {
  private readonly runs = new WeakMap<QualysClient, WeakMap<AbortSignal, T>>();

  constructor(private readonly make: (services: ScanServices) => T) {}

  of(services: ScanServices): T {
    const client = services.qualys();
    const ofClient = this.runs.get(client) ?? new WeakMap<AbortSignal, T>();
    this.runs.set(client, ofClient);
    const shared = ofClient.get(services.signal) ?? this.make(services);
    ofClient.set(services.signal, shared);
    return shared;
  }

  forget(services: ScanServices): void {
    this.runs.get(services.qualys())?.delete(services.signal);
  }
}
