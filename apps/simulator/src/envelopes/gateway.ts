import type { Answer } from '../http/call.js';

/** The JSON errors of the gateway. */
export function gatewayError(
  status: number,
  error: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ status, error, message }),
  };
}

/** A wrong password on `/auth`: nested arrays of strings, as clients of it read them. */
export function authenticationException(name: string): Answer {
  return {
    status: 401,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ authentication_exceptions: [[name]] }),
  };
}

/** The bare token, which is not JSON. */
export function bareToken(token: string): Answer {
  return { status: 201, headers: { 'Content-Type': 'text/plain;charset=UTF-8' }, body: token };
}
