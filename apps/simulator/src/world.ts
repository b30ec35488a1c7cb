import type { Clock } from './clock.js';
import type { Faults } from './faults.js';
import type { HostName } from './http/call.js';
import type { Limits } from './limits.js';
import type { Store } from './store.js';
import type { Tokens } from './tokens.js';

/** Everything a route may look at. */
export interface World {
  readonly clock: Clock;
  readonly store: Store;
  readonly faults: Faults;
  readonly limits: Limits;
  readonly tokens: Tokens;
  /** Base addresses as the client sees them, without a trailing slash. */
  readonly urls: Readonly<Record<HostName, string>>;
}
