import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { ProxyServer } from './proxy.js';
import type { TlsOptions } from './tls.js';
import type { HttpLimits } from './types.js';

/** A connection that was idle for longer is not used again, whatever the server promises. */
const KEEP_ALIVE_MS = 4_000;

/** The pools of connections: one for each way to a server, made when it is first needed. */
export class Dispatchers {
  private readonly pools = new Map<string, Dispatcher>();

  constructor(
    private readonly tls: TlsOptions,
    private readonly limits: HttpLimits,
  ) {}

  /** `fresh` never uses a connection again. */
  get(proxy: ProxyServer | undefined, fresh: boolean): Dispatcher {
    const key = `${fresh} ${proxy?.uri ?? ''} ${proxy?.token ?? ''}`;
    let pool = this.pools.get(key);
    if (!pool) {
      pool = this.create(proxy, fresh);
      this.pools.set(key, pool);
    }
    return pool;
  }

  async close(): Promise<void> {
    const pools = [...this.pools.values()];
    this.pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  private create(proxy: ProxyServer | undefined, fresh: boolean): Dispatcher {
    const { connectMs, headersMs, idleMs } = this.limits;
    const connect = { ...this.tls, timeout: connectMs };
    const common = {
      headersTimeout: headersMs,
      bodyTimeout: idleMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      pipelining: fresh ? 0 : 1,
    };
    if (!proxy) return new Agent({ ...common, connect });
    return new ProxyAgent({
      ...common,
      ...proxy,
      requestTls: connect,
      proxyTls: connect,
    });
  }
}
