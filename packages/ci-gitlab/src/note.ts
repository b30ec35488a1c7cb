import { createHash } from 'node:crypto';
import type { CiServer, DeliveryInput, Environment } from '@scangate/core/ci';
import { ALL_FINDINGS, brief, reporterOf, shorten, terminalText } from '@scangate/core/reporters';

/*
 * docs.gitlab.com/api/notes, read 2026-11-23. A job token may not write notes, so a token of the project is needed. Only
 * addresses of the job's own environment are called; a redirect is not followed, and no address of an answer.
 */
const TOKEN = 'SCANGATE_GITLAB_TOKEN';
const MAX_NOTE_CHARS = 1_000_000;
const PAGE_SIZE = 100;
/** GitLab ends offset pagination at 50,000 entries. */
const MAX_PAGES = 500;

/** What stands in the way, in words; the note is an addition, so it is told and not thrown. */
class NoteProblem extends Error {}

type Send = (method: 'GET' | 'POST' | 'PUT', path: string, body?: string) => Promise<Answer>;
interface Answer {
  status: number;
  value: unknown;
  nextPage: string | undefined;
}

/** Writes the one note of this job on its merge request, or puts the new verdict into the note that is there. */
export async function publishNote(input: DeliveryInput, server: CiServer): Promise<string | undefined> {
  const { env } = server;
  if (!env[TOKEN] || !env.CI_MERGE_REQUEST_IID) return undefined;
  try {
    return await writeNote(input, server, env[TOKEN]);
  } catch (error) {
    if (error instanceof NoteProblem) return `the note on the merge request was not written: ${error.message}`;
    throw error;
  }
}

async function writeNote(input: DeliveryInput, server: CiServer, token: string): Promise<string> {
  const { env } = server;
  const notes = notesPath(env);
  const send = sender(server, apiOf(env), token);
  const marker = markerOf(env);
  const body = JSON.stringify({ body: noteText(input, env, marker) });
  const ownId = numberIn(memberOf((await send('GET', '/user')).value, 'id'), 'GET /user');
  const found = await findNote(send, notes, ownId, marker);
  if (found !== undefined) {
    const answer = await send('PUT', `${notes}/${found}`, body);
    if (answer.status !== 404) return 'the note on the merge request was updated';
  }
  // Also where somebody has deleted the note in between.
  await send('POST', notes, body);
  return 'a note was written on the merge request';
}

function apiOf({ CI_API_V4_URL = '' }: Environment): string {
  if (!/^https?:\/\/[^\s?#@]+$/.test(CI_API_V4_URL)) throw new NoteProblem('CI_API_V4_URL is not a web address');
  return CI_API_V4_URL.replace(/\/+$/, '');
}

/** A pipeline of a fork may run in the fork: the merge request is in its target project. */
function notesPath(env: Environment): string {
  const project = env.CI_MERGE_REQUEST_PROJECT_ID || env.CI_PROJECT_ID || '';
  const number = env.CI_MERGE_REQUEST_IID ?? '';
  if (!/^\d+$/.test(project)) throw new NoteProblem('CI_MERGE_REQUEST_PROJECT_ID and CI_PROJECT_ID are not numbers');
  if (!/^\d+$/.test(number)) throw new NoteProblem('CI_MERGE_REQUEST_IID is not a number');
  return `/projects/${project}/merge_requests/${number}/notes`;
}

/** Two gates in one pipeline have a note each. */
const markerOf = ({ CI_JOB_NAME = '' }: Environment): string =>
  `<!-- scangate ${createHash('sha256').update(CI_JOB_NAME).digest('hex').slice(0, 16)} -->`;

function sender(server: CiServer, api: string, token: string): Send {
  return async (method, path, body) => {
    const headers = { 'private-token': token, accept: 'application/json', 'content-type': 'application/json' };
    const { status, text, headers: answered } = await server.request({ method, url: `${api}${path}`, headers, body });
    const place = `${method} ${path.split('?', 1)[0]}`;
    if (method === 'PUT' && status === 404) return { status, value: undefined, nextPage: undefined };
    if (status < 200 || status > 299) throw new NoteProblem(`${place} answered ${status}${hintOf(status)}`);
    return { status, value: jsonOf(text, place), nextPage: answered['x-next-page'] };
  };
}

function hintOf(status: number): string {
  if (status === 401) return `; ${TOKEN} is wrong or has expired`;
  if (status === 403 || status === 404) return `; ${TOKEN} needs the scope api and at least the role Reporter`;
  return '';
}

function jsonOf(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new NoteProblem(`${place} was not answered in JSON`);
    throw error;
  }
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;

function numberIn(value: unknown, place: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new NoteProblem(`${place} has an answer of unknown form`);
}

/**
 * The oldest note that begins with the marker and was written with this token's user: anybody who may comment can write
 * the marker, and a token with much power could change the comment of another.
 */
async function findNote(send: Send, notes: string, ownId: number, marker: string): Promise<number | undefined> {
  let page = 1;
  for (let count = 0; count < MAX_PAGES; count++) {
    const query = `?order_by=created_at&sort=asc&per_page=${PAGE_SIZE}&page=${page}`;
    const { value, nextPage } = await send('GET', `${notes}${query}`);
    if (!Array.isArray(value)) throw new NoteProblem(`GET ${notes} has an answer of unknown form`);
    const found = value.find((note) => isOwn(note, ownId, marker));
    if (found !== undefined) return numberIn(memberOf(found, 'id'), `GET ${notes}`);
    if (nextPage === undefined ? value.length < PAGE_SIZE : nextPage === '') return undefined;
    page++;
  }
  throw new NoteProblem(`there are more than ${MAX_PAGES * PAGE_SIZE} notes`);
}

function isOwn(note: unknown, ownId: number, marker: string): boolean {
  const body = memberOf(note, 'body');
  return (
    memberOf(memberOf(note, 'author'), 'id') === ownId &&
    memberOf(note, 'system') !== true &&
    typeof body === 'string' &&
    body.startsWith(marker)
  );
}

/** The summary, below a mark that nobody sees, with the way to everything else. */
function noteText(input: DeliveryInput, env: Environment, marker: string): string {
  const { context, verdict } = input;
  const writer = reporterOf('markdown')?.create({ toolVersion: verdict.tool.version, ruleNames: [] });
  const summary = [...(writer?.end(input) ?? [])].join('');
  return shorten(
    `${marker}\n\n${summary}\n---\n\n${footer(context.buildUrl ?? env.CI_JOB_URL, env)}\n`,
    MAX_NOTE_CHARS,
  );
}

function footer(jobUrl: string | undefined, { CI_JOB_NAME = '', CI_COMMIT_SHA = '' }: Environment): string {
  const commit = /^[0-9a-f]{7,64}$/.test(CI_COMMIT_SHA) ? ` at ${CI_COMMIT_SHA.slice(0, 12)}` : '';
  const name = terminalText(brief(CI_JOB_NAME, 100))
    .replace(/[^\p{L}\p{N} _-]/gu, ' ')
    .trim();
  const job = `Job${name === '' ? '' : ` ${name}`}${commit}`;
  const isPlain = jobUrl !== undefined && /^https?:\/\/[\w.:/~%-]+$/.test(jobUrl);
  return isPlain
    ? `[${job}](${jobUrl}). All findings: ${ALL_FINDINGS} in [its artifacts](${jobUrl}/artifacts/browse).`
    : `${job}. All findings: ${ALL_FINDINGS} in its artifacts.`;
}
