import { faultOfText } from './envelopes.js';
import { faultError } from './errors.js';
import type { Received } from './exchange.js';
import type { OpenAnswer } from './types.js';

/** Codes that stand in the first bytes of an answer, in either syntax. */
const ERROR_CODE = /<responseCode>\s*(?!SUCCESS\b)\w|"responseCode"\s*:\s*"(?!SUCCESS")/;
const ERROR_ROOT = /<(?:SIMPLE_RETURN|GENERIC_RETURN)[\s>]/;
/** `{"status":401,"error":...}` and nothing else. */
const ERROR_JSON = /^\s*\{\s*"(?:status|error|message|timestamp|authentication_exceptions)"/;

/**
 * An answer to be read as it comes. An error envelope is small and stands at the beginning, so it is found before
 * anything is handed out; the place in the budget is given back with the end of the body.
 */
export async function openAnswer(received: Received): Promise<OpenAnswer> {
  const { body, context, head, syntax } = received;
  if (ERROR_CODE.test(head) || ERROR_ROOT.test(head) || ERROR_JSON.test(head)) {
    const fault = faultOfText(head, context.status, context.headers);
    // A code that is no success is one, even where the envelope is longer than the head.
    if (fault || ERROR_CODE.test(head)) throw faultError(context, fault ?? { kind: 'answer' });
  }
  const release = received.hold();
  return {
    status: context.status,
    headers: context.headers,
    syntax,
    body: releasing(body, release),
    close: () => {
      received.close();
      release();
    },
  };
}

async function* releasing(body: AsyncIterable<Uint8Array>, release: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } finally {
    release();
  }
}
