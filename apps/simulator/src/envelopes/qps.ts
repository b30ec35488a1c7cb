/** The envelope of the QPS family: ServiceResponse, in XML or in JSON, almost always with status 200. */
import { type Answer, type Call, wantsJson } from '../http/call.js';
import type { Context } from '../router.js';
import type { World } from '../world.js';
import { type JsonHabits, recordJson, recordXml, type Value } from './record.js';
import { escapeXml } from './xml.js';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

export interface ServiceError {
  readonly code: string;
  readonly message: string;
  readonly resolution?: string;
}

export interface ServicePage {
  readonly schema: string;
  /** Absent on answers that count nothing. */
  readonly count?: number;
  readonly hasMore?: boolean;
  readonly lastId?: number;
  /** Records with the names of their types; absent = no `data` at all. */
  readonly records?: Iterable<readonly [string, Value]>;
  /** There are more records than the count says. */
  readonly uncounted?: boolean;
}

export function qpsHeaders(world: World, json: boolean, success: boolean): Record<string, string> {
  const { pod, subscriptionId, userId } = world.store.seed.account;
  return {
    'Content-Type': json ? 'application/json' : 'application/xml',
    Vary: 'Accept-Encoding',
    'X-Powered-By': `Qualys:${pod}:${subscriptionId}:${userId}`,
    ...(success ? { evaluation: 'false' } : {}),
  };
}

function xmlHead(world: World, schema: string): string {
  const location = `${world.urls.api}/qps/xsd/${schema}.xsd`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<ServiceResponse xmlns:xsi="${XSI}" xsi:noNamespaceSchemaLocation="${escapeXml(location)}">
`;
}

function* xmlPage(world: World, page: ServicePage): Iterable<string> {
  yield `${xmlHead(world, page.schema)}  <responseCode>SUCCESS</responseCode>\n`;
  if (page.count !== undefined) yield `  <count>${page.count}</count>\n`;
  if (page.hasMore !== undefined) yield `  <hasMoreRecords>${page.hasMore}</hasMoreRecords>\n`;
  // XML names the last id only when there is more to read.
  if (page.lastId !== undefined && page.hasMore) yield `  <lastId>${page.lastId}</lastId>\n`;
  if (page.records !== undefined) {
    yield '  <data>\n';
    for (const [name, record] of page.records) yield* recordXml(name, record, 2);
    yield '  </data>\n';
  }
  yield '</ServiceResponse>\n';
}

function* jsonPage(page: ServicePage, habits: JsonHabits): Iterable<string> {
  yield '{"ServiceResponse":{';
  if (page.count !== undefined) yield `"count":${page.count},`;
  if (page.lastId !== undefined) yield `"lastId":${page.lastId},`;
  if (page.records !== undefined) {
    const bare = habits.collapseSingle && page.count === 1 && !page.uncounted;
    yield bare ? '"data":' : '"data":[';
    let first = true;
    for (const [name, record] of page.records) {
      if (!first) yield ',';
      yield* recordJson(name, record, habits);
      first = false;
    }
    yield bare ? ',' : '],';
  }
  if (page.hasMore !== undefined) yield `"hasMoreRecords":"${page.hasMore}",`;
  yield '"responseCode":"SUCCESS"}}';
}

export function servicePage({ world, call }: Context, page: ServicePage): Answer {
  const json = wantsJson(call);
  const habits = { collapseSingle: world.faults.isActive('single-object-list') };
  return {
    status: 200,
    headers: qpsHeaders(world, json, true),
    body: json ? jsonPage(page, habits) : xmlPage(world, page),
  };
}

/** One record under SUCCESS, as get, status, create and launch answer. */
export function serviceRecords(context: Context, schema: string, name: string, values: readonly Value[]): Answer {
  const records = values.map((value) => [name, value] as const);
  return servicePage(context, { schema, records, count: values.length });
}

function errorJson(error: ServiceError): string {
  const details = {
    errorMessage: error.message,
    ...(error.resolution ? { errorResolution: error.resolution } : {}),
  };
  return JSON.stringify({ ServiceResponse: { responseErrorDetails: details, responseCode: error.code } });
}

function errorXml(world: World, schema: string, error: ServiceError): string {
  const resolution = error.resolution ? `    <errorResolution>${escapeXml(error.resolution)}</errorResolution>\n` : '';
  return `${xmlHead(world, schema)}  <responseCode>${escapeXml(error.code)}</responseCode>
  <responseErrorDetails>
    <errorMessage>${escapeXml(error.message)}</errorMessage>
${resolution}  </responseErrorDetails>
</ServiceResponse>
`;
}

/** A record on its own: the XML of a scan's results has no ServiceResponse around it. */
export function bareRecord({ world }: Context, name: string, record: Value): Answer {
  function* parts(): Iterable<string> {
    yield '<?xml version="1.0" encoding="UTF-8"?>\n';
    yield* recordXml(name, record, 0);
  }
  return { status: 200, headers: qpsHeaders(world, false, true), body: parts() };
}

export function serviceError(world: World, call: Call, schema: string, error: ServiceError, status = 200): Answer {
  const json = wantsJson(call);
  return {
    status,
    headers: qpsHeaders(world, json, false),
    body: json ? errorJson(error) : errorXml(world, schema, error),
  };
}
