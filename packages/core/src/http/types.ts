/** Waits, and rejects with the reason of the signal when it is aborted. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Limits of one call, in milliseconds. */
export interface HttpLimits {
  /** Until the connection stands, TLS included. */
  connectMs: number;
  /** From the request to the status line. */
  headersMs: number;
  /** Between two pieces of a body. */
  idleMs: number;
  /** From the request to the end of the body. */
  wholeMs: number;
}

export interface HttpClientOptions {
  /** Milliseconds since 1970. */
  now: () => number;
  sleep: Sleep;
  /** Where `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are looked up, in both cases. */
  env: Readonly<Record<string, string | undefined>>;
  /** Wins over the environment; '' means no proxy at all. */
  proxy?: string;
  /** Certificates in PEM form that are trusted besides the system's. */
  caTexts?: readonly string[];
  /** Client certificate and its key in PEM form. */
  clientCertificate?: { certificate: string; key: string; passphrase?: string };
  limits?: Partial<HttpLimits>;
  /** Largest body after decoding, in bytes. */
  maxBodyBytes?: number;
}

export interface HttpRequest {
  method: string;
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /**
   * Whether sending it twice does no harm. What is not safe gets a connection of its own: one that was kept open may be
   * closed by the other side at that very moment, and then nobody knows whether the request has arrived.
   */
  safe: boolean;
  signal?: AbortSignal | undefined;
  /** Instant on the clock of `now` after which the answer is of no use. */
  deadlineMs?: number | undefined;
  /** Largest body after decoding; otherwise that of the client. */
  maxBodyBytes?: number;
}

/** Names in lower case; several lines of one name joined with `, `. */
export type HttpHeaders = Readonly<Record<string, string>>;

export interface HttpAnswer {
  status: number;
  headers: HttpHeaders;
  /** Decoded. Read it to its end or call {@link close}: the connection is occupied until then. */
  body: AsyncIterable<Uint8Array>;
  /** The whole body as UTF-8. Throws `SCANGATE_HTTP_TOO_LARGE` beyond the limit. */
  text(maxBytes: number): Promise<string>;
  /** Gives the connection up. Does nothing after the end. */
  close(): void;
}

/** Plain transport: no redirect is followed, nothing is repeated, any status is an answer. */
export interface HttpClient {
  /** Throws {@link HttpError}; the reason of the signal when it is aborted. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Whether the other side may have acted on a request that failed: `no` when it cannot have. */
export type Delivery = 'no' | 'maybe';
