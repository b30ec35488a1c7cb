/** Plain transport: proxies, certificates, time limits, decoding; no redirects, no repetition. */
export { createHttpClient } from './client.js';
export { HttpError, isPassingFault } from './errors.js';
export { isLoopback, sameOrigin } from './origin.js';
export { createRetry, type RetryOptions } from './retry.js';
export type {
  Delivery,
  HttpAnswer,
  HttpClient,
  HttpClientOptions,
  HttpHeaders,
  HttpLimits,
  HttpRequest,
  Sleep,
} from './types.js';
