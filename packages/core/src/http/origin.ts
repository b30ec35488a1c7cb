import { excerpt, ScangateError } from '../errors.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether the host is this machine, where nobody listens in. */
export const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname);

const foreign = (url: string, why: string): ScangateError =>
  new ScangateError('SCANGATE_HTTP_ORIGIN', `an answer points to "${excerpt(url, 120)}": ${why}`);

/**
 * A URL that an answer names, if it is on the server that was asked: same scheme, host and port. Relative ones are taken
 * from `base`. Throws `SCANGATE_HTTP_ORIGIN`.
 */
export function sameOrigin(url: string, base: string): URL {
  const parsed = URL.canParse(url, base) ? new URL(url, base) : undefined;
  if (!parsed) throw foreign(url, 'that is no address');
  const shown = `${parsed.protocol}//${parsed.host}`;
  if (parsed.username !== '' || parsed.password !== '') throw foreign(shown, 'it carries a user name');
  if (parsed.origin !== new URL(base).origin) throw foreign(shown, `only ${new URL(base).origin} is followed`);
  return parsed;
}
