import { faultOfJson } from './envelopes.js';
import { badAnswer, faultError, QualysError } from './errors.js';
import type { Received, WireCall } from './exchange.js';
import { formOf } from './fo.js';
import type { GatewayAnswer, GatewayCall } from './types.js';

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** The call as it goes over the wire. `isOpen` for bodies that are read as they come, of any size. */
export function gatewayCall(call: GatewayCall, gateway: string, isOpen: boolean): WireCall {
  const { method, path, query, json, upload, safe, signal, deadlineMs } = call;
  const url = new URL(path, gateway);
  for (const [name, value] of formOf(query)) url.searchParams.append(name, value);
  const body = upload?.bytes ?? (json === undefined ? undefined : JSON.stringify(json));
  const contentType = upload?.contentType ?? 'application/json';
  return {
    family: 'gateway',
    method,
    url,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': contentType }) },
    ...(body === undefined ? {} : { body }),
    safe,
    signal,
    deadlineMs,
    ...(isOpen ? {} : { maxBodyBytes: MAX_ANSWER_BYTES }),
  };
}

/** The JSON value of an answer; an error inside a success counts as an error. */
export async function readGateway({ body, context, syntax }: Received): Promise<GatewayAnswer> {
  const { status, headers } = context;
  if (syntax === 'empty') return { status, headers, value: undefined };
  if (syntax !== 'json') throw badAnswer(context, 'the answer is not JSON');
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const value = parse(Buffer.concat(chunks).toString('utf8'));
  if (value === undefined) throw new QualysError(context, { kind: 'cut' }, 'the answer is no whole JSON');
  const fault = faultOfJson(value, status, headers);
  if (fault) throw faultError(context, fault);
  return { status, headers, value };
}

/** Undefined for a text that is not whole: `JSON.parse` itself never gives that. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
