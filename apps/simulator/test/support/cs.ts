import type { Driver, Json, JsonRecord } from './boot.js';

interface CsAnswer {
  readonly status: number;
  readonly value: JsonRecord;
  readonly data: readonly JsonRecord[];
}

interface Cs {
  get(path: string, query?: Readonly<Record<string, string>>): Promise<CsAnswer>;
  post(path: string, body?: unknown): Promise<CsAnswer>;
}

/** Container Security, as a client with a token sees it. */
export async function csOf(driver: Driver): Promise<Cs> {
  const { clientId, clientSecret } = driver.simulator.announcement;
  const sign = { host: 'gateway', method: 'POST', anonymous: true, headers: { clientId, clientSecret } } as const;
  const headers = {
    Authorization: `Bearer ${(await driver.ask('/auth/oidc', sign)).text}`,
    Accept: 'application/json',
  };
  const send = async (method: string, path: string, body?: unknown): Promise<CsAnswer> => {
    const { status, text } = await driver.ask(`/csapi/v1.3/${path}`, {
      host: 'gateway',
      anonymous: true,
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const value = (text === '' ? {} : JSON.parse(text)) as Json;
    const record = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};
    return { status, value: record, data: (Array.isArray(record.data) ? record.data : []) as JsonRecord[] };
  };
  return {
    get: (path, query = {}) => send('GET', `${path}?${new URLSearchParams(query)}`),
    post: (path, body) => send('POST', path, body),
  };
}
