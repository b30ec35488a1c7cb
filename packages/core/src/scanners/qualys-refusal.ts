import { QualysError } from '../qualys/index.js';

/**
 * Whether the platform says that there is no such thing, in its own envelope: a bare 404 comes from a proxy, or from a
 * version of the API that has ended.
 */
export const isNotFound = (error: unknown): boolean =>
  error instanceof QualysError &&
  error.kind === 'request' &&
  (error.platformCode === 'NOT_FOUND' || (error.status === 404 && error.platformCode !== undefined));

/** Whether the platform does not want this request, whatever the reason. */
export const isRefusedRequest = (error: unknown): error is QualysError =>
  error instanceof QualysError && error.kind === 'request';
