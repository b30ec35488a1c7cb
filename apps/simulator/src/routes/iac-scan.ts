/** Scans of infrastructure templates (TotalCloud, once CloudView). */
import { isoSeconds } from '../clock.js';
import { gatewayError } from '../envelopes/gateway.js';
import { stableGuid } from '../hash.js';
import type { Answer } from '../http/call.js';
import { type Part, readMultipart } from '../http/multipart.js';
import { type IacScan, iacState } from '../iac.js';
import { resultOf } from '../iac-checks.js';
import type { Context, Route } from '../router.js';
import { BadArchive, readZip } from '../zip.js';

const BASE = '/cloudview-api/rest/v1/iac';
const MAX_ARCHIVE_BYTES = 10_485_760;
const KINDS = /\.(tf|json|ya?ml|template)$/i;
const DEFAULT_PAGE_SIZE = 50;
const SETTLE_SECONDS = 15;

class BadRequest extends Error {}

const json = (value: unknown): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
});

function iacRoute(method: string, path: string, answer: (context: Context) => Answer): Route {
  return {
    name: `${method} ${BASE}${path}`,
    family: 'gateway',
    hosts: ['portal', 'gateway'],
    methods: [method],
    pattern: `${BASE}${path}`,
    answer: (context) => {
      try {
        return answer(context);
      } catch (error) {
        if (error instanceof BadRequest || error instanceof BadArchive) {
          return gatewayError(400, 'Bad Request', error.message);
        }
        throw error;
      }
    },
  };
}

function textOf(parts: readonly Part[], name: string): string | undefined {
  return parts.find((part) => part.name === name)?.content.toString('utf8');
}

function tagsOf(text: string | undefined): IacScan['tags'] {
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value.map((tag: unknown) => tag as Record<string, string>);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new BadRequest('tags is a JSON array.');
}

type Ending = Pick<IacScan, 'outcome' | 'settleSeconds' | 'empty' | 'extraFailed' | 'criticality'>;

function outcomeOf({ world: { faults }, route: { name } }: Context): IacScan['outcome'] {
  if (faults.strikes('stuck-running', name)) return 'stuck';
  if (faults.strikes('scan-error', name)) return 'ERROR';
  return faults.strikes('unknown-status', name) ? { word: faults.setting('unknown-status', 'word') } : 'FINISHED';
}

function endingOf(context: Context): Ending {
  const { faults } = context.world;
  const { name } = context.route;
  const late = faults.strikes('processing-late', name);
  return {
    outcome: outcomeOf(context),
    settleSeconds: late ? Number(faults.setting('processing-late', 'seconds')) : SETTLE_SECONDS,
    empty: faults.strikes('empty-result', name),
    extraFailed: faults.strikes('counter-mismatch', name) ? Number(faults.setting('counter-mismatch', 'extra')) : 0,
    ...(faults.strikes('unknown-severity', name) ? { criticality: faults.setting('unknown-severity', 'word') } : {}),
  };
}

function launch(context: Context): Answer {
  const { world, call } = context;
  const parts = readMultipart(call);
  if (parts === undefined) throw new BadRequest('The request is no multipart/form-data.');
  const name = textOf(parts, 'name')?.trim() ?? '';
  if (name === '') throw new BadRequest('name is required.');
  const onlyFailed = textOf(parts, 'showOnlyFailedControls') ?? 'false';
  if (onlyFailed !== 'true' && onlyFailed !== 'false') throw new BadRequest('showOnlyFailedControls is true or false.');
  const file = parts.find((part) => part.name === 'file');
  if (file?.filename === undefined) throw new BadRequest('file is required.');
  if (file.content.length >= MAX_ARCHIVE_BYTES) throw new BadRequest('The file is larger than 10 MB.');
  const files = readZip(file.content).filter((one) => KINDS.test(one.name));
  if (files.length === 0) throw new BadRequest('The archive holds no supported file.');
  const scan: IacScan = {
    uuid: stableGuid('iac', world.iacScans.size + 1),
    name,
    tags: tagsOf(textOf(parts, 'tags')),
    onlyFailed: onlyFailed === 'true',
    files,
    launched: world.clock.now(),
    ...endingOf(context),
  };
  world.iacScans.set(scan.uuid, scan);
  return json({ scanUuid: scan.uuid });
}

function whole(query: URLSearchParams, key: string, fallback: number): number {
  const text = query.get(key) ?? String(fallback);
  if (!/^\d{1,6}$/.test(text)) throw new BadRequest(`${key} is a whole number.`);
  return Number(text);
}

/** Newest first. */
function list({ world, call }: Context): Answer {
  const filter = call.query.get('filter');
  const uuid = /^scanUuid:(\S+)$/.exec(filter ?? '')?.[1];
  if (filter !== null && uuid === undefined) throw new BadRequest(`The filter ${filter} is not supported.`);
  const found = [...world.iacScans.values()].reverse().filter((scan) => uuid === undefined || scan.uuid === uuid);
  const number = whole(call.query, 'pageNo', 0);
  const size = Math.max(1, whole(call.query, 'pageSize', DEFAULT_PAGE_SIZE));
  const content = found.slice(number * size, (number + 1) * size).map((scan) => ({
    scanUuid: scan.uuid,
    name: scan.name,
    tags: scan.tags,
    scanDate: isoSeconds(scan.launched),
    status: iacState(scan, world.clock).status,
  }));
  const totalPages = Math.ceil(found.length / size);
  const last = number >= totalPages - 1;
  return json({ content, totalElements: found.length, totalPages, last, first: number === 0, number, size });
}

function result({ world, call }: Context): Answer {
  const uuid = call.query.get('scanUuid') ?? '';
  const scan = world.iacScans.get(uuid);
  if (scan === undefined) return gatewayError(404, 'Not Found', `There is no scan ${uuid}.`);
  const { resultStatus } = iacState(scan, world.clock);
  const isDone = resultStatus === 'FINISHED';
  return json({ scanUuid: uuid, name: scan.name, status: resultStatus, result: isDone ? resultOf(scan) : [] });
}

export const iacRoutes: readonly Route[] = [
  iacRoute('POST', '/scan', launch),
  iacRoute('GET', '/getScanList', list),
  iacRoute('GET', '/scanResult', result),
];
