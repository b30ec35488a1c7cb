import type { Agents } from './agents.js';
import type { Clock } from './clock.js';
import type { Faults } from './faults.js';
import type { HostName } from './http/call.js';
import type { IacScan } from './iac.js';
import type { Limits } from './limits.js';
import type { Store } from './store.js';
import type { Tokens } from './tokens.js';

/** Everything a route may look at. */
export interface World {
  readonly clock: Clock;
  readonly store: Store;
  readonly agents: Agents;
  /** By id, in the order of their launches. */
  readonly iacScans: Map<string, IacScan>;
  readonly faults: Faults;
  readonly limits: Limits;
  readonly tokens: Tokens;
  /** Base addresses as the client sees them, without a trailing slash. */
  readonly urls: Readonly<Record<HostName, string>>;
}
