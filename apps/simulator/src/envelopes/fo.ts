/** The envelopes of the FO family: documents with a DOCTYPE and comments, and SIMPLE_RETURN for everything else. */
import { isoSeconds } from '../clock.js';
import type { Answer } from '../http/call.js';
import { limitHeaders, type Usage } from '../limits.js';
import type { Context } from '../router.js';
import type { World } from '../world.js';
import { cdata, type Element, el, escapeXml, renderElement } from './xml.js';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" ?>\n';

/** Headers of every FO answer; who is signed in is shown only once somebody is. */
export function foHeaders(world: World, signedIn: boolean, usage?: Usage): Record<string, string> {
  const { pod, subscriptionId, userId } = world.store.seed.account;
  return {
    'Content-Type': 'application/xml',
    'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
    'X-XSS-Protection': '1; mode=block',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'SAMEORIGIN',
    ...(signedIn ? { 'X-Powered-By': `Qualys:${pod}:${subscriptionId}:${userId}` } : {}),
    ...(usage ? limitHeaders(usage) : {}),
  };
}

function requestBlock({ world, call, form }: Context): Element {
  const parameters = [...form].map(([key, value]) => el('PARAM', [el('KEY', key), el('VALUE', cdata(value))]));
  return el('REQUEST', [
    el('DATETIME', isoSeconds(world.clock.now())),
    el('USER_LOGIN', world.store.seed.account.username),
    el('RESOURCE', `${world.urls.api}${call.path}`),
    el('PARAM_LIST', parameters),
  ]);
}

/** The call repeated in its answer, when it asked for that. */
function echo(context: Context): Element | undefined {
  return context.form.get('echo_request') === '1' ? requestBlock(context) : undefined;
}

export interface FoDocument {
  readonly root: string;
  /** Path of the document type definition below the API's address. */
  readonly dtd: string;
  /** Elements of the RESPONSE after its DATETIME; a part is text that is already XML. */
  readonly response: Iterable<Element | string>;
  readonly contentType?: string;
  readonly keepAlive?: boolean;
}

function* documentParts(context: Context, document: FoDocument): Iterable<string> {
  const { world } = context;
  const now = world.clock.now();
  const request = echo(context);
  const repeated = request ? renderElement(request, 1) : '';
  const notice = world.store.seed.account.evaluation
    ? '<!-- This report was generated with an evaluation version of the simulated service //--> \n'
    : '';
  const keepAlive = document.keepAlive ? `<!-- keep-alive for ${document.root}  -->\n` : '';
  yield `${DECLARATION}<!DOCTYPE ${document.root} SYSTEM "${world.urls.api}${document.dtd}">\n${notice}`;
  yield `<${document.root}>\n${repeated}  <RESPONSE>\n    <DATETIME>${isoSeconds(now)}</DATETIME>\n${keepAlive}`;
  for (const part of document.response) yield typeof part === 'string' ? part : renderElement(part, 2);
  yield `  </RESPONSE>\n</${document.root}>\n${notice}`;
  yield `<!-- CONFIDENTIAL: simulated data, without any warranty. ${new Date(now).getUTCFullYear()} //--> \n${keepAlive}`;
}

/** A successful FO document. The dispatcher adds the usage headers. */
export function foDocument(context: Context, document: FoDocument): Answer {
  const headers = foHeaders(context.world, true);
  return {
    status: 200,
    headers: document.contentType ? { ...headers, 'Content-Type': document.contentType } : headers,
    body: documentParts(context, document),
  };
}

export interface SimpleReturn {
  readonly status: number;
  /** Present = error, whatever the status is. */
  readonly code?: number;
  readonly text: string;
  readonly items?: readonly (readonly [string, string])[];
  /** Errors inside status 200 were recorded with the XML declaration, those with status 400 without. */
  readonly declared?: boolean;
  readonly signedIn?: boolean;
  readonly usage?: Usage;
  readonly headers?: Readonly<Record<string, string>>;
}

export function simpleReturn(world: World, simple: SimpleReturn, request?: Element): Answer {
  const items = (simple.items ?? []).map(([key, value]) => el('ITEM', [el('KEY', key), el('VALUE', value)]));
  const response = el('RESPONSE', [
    el('DATETIME', isoSeconds(world.clock.now())),
    simple.code === undefined ? undefined : el('CODE', simple.code),
    el('TEXT', simple.text),
    items.length > 0 ? el('ITEM_LIST', items) : undefined,
  ]);
  const doctype = `<!DOCTYPE SIMPLE_RETURN SYSTEM "${world.urls.api}/api/2.0/simple_return.dtd">\n`;
  const declaration = simple.declared ? DECLARATION : '';
  return {
    status: simple.status,
    headers: {
      ...foHeaders(world, simple.signedIn ?? true, simple.usage),
      ...(simple.declared ? { 'Content-Type': 'text/xml;charset=UTF-8' } : {}),
      ...simple.headers,
    },
    body: `${declaration}${doctype}${renderElement(el('SIMPLE_RETURN', [request, response]))}\n`,
  };
}

/** An error of an FO call that was understood to be from a signed-in user. */
export function foError(context: Context, status: number, code: number, text: string): Answer {
  return simpleReturn(context.world, { status, code, text }, echo(context));
}

/** The envelope of the oldest calls, `/msp/*.php`. */
export function genericReturn(world: World, status: number, page: string, code: number, text: string): Answer {
  const at = isoSeconds(world.clock.now());
  const attributes = `name="${escapeXml(page)}" at="${at}"`;
  const refused: Record<string, string> = status === 401 ? { 'WWW-Authenticate': 'Basic realm="Qualys API"' } : {};
  return {
    status,
    headers: { ...foHeaders(world, false), 'Content-Type': 'text/xml', ...refused },
    body: `${DECLARATION}<!DOCTYPE GENERIC_RETURN SYSTEM "${world.urls.api}/generic_return.dtd">
<GENERIC_RETURN>
  <API ${attributes} />
  <RETURN status="FAILED" number="${code}">${escapeXml(text)}</RETURN>
</GENERIC_RETURN>
`,
  };
}
