import type { CiServer, Environment } from '@scangate/core/ci';
import { buildMany, buildTextDelivery, HOSTILE_TEXTS, toDelivery } from '@scangate/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gitlab } from '../src/index.js';
import { answerAs, type Note, noteEnv, OWN_ID } from './fake-gitlab.js';
import { judged } from './support.js';

type ServerRequest = Parameters<CiServer['request']>[0];

interface Published {
  said: string | undefined;
  requests: ServerRequest[];
  calls: string[];
}

async function publish(
  notes: readonly Note[],
  {
    env = noteEnv,
    answer = (request) => answerAs(notes, request),
    built = judged([]),
  }: {
    env?: Environment;
    answer?: (request: ServerRequest) => { status: number; text: string; headers?: Record<string, string> };
    built?: ReturnType<typeof judged>;
  } = {},
): Promise<Published> {
  const requests: ServerRequest[] = [];
  const server: CiServer = {
    env,
    request: async (request) => {
      requests.push(request);
      return { headers: {}, ...answer(request) };
    },
    append: () => {
      throw new Error('nothing is appended');
    },
  };
  const said = await gitlab.publish?.((await built).input, server);
  const calls = requests.map(({ method, url }) => `${method} ${url.replace('https://gitlab.example/api/v4', '')}`);
  return { said, requests, calls };
}

const bodyOf = ({ requests }: Published): string =>
  (JSON.parse(requests.at(-1)?.body ?? '{}') as { body: string }).body;

const NOTES = '/projects/5/merge_requests/12/notes';
const page = (number: number): string => `GET ${NOTES}?order_by=created_at&sort=asc&per_page=100&page=${number}`;
const marker = async (env: Environment = noteEnv): Promise<string> =>
  bodyOf(await publish([], { env })).split('\n', 1)[0] ?? '';
const others = (count: number): Note[] =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, body: `comment ${index}`, author: { id: 3 } }));

describe('the note on a merge request', () => {
  it('is written when there is none', async () => {
    const published = await publish(others(3));
    expect(published.calls).toEqual(['GET /user', page(1), `POST ${NOTES}`]);
    expect(published.said).toBe('a note was written on the merge request');
    expect(published.requests.map(({ headers }) => headers['private-token'])).toEqual(
      published.requests.map(() => noteEnv.SCANGATE_GITLAB_TOKEN),
    );
    expect(bodyOf(published)).toMatch(/^<!-- scangate [0-9a-f]{16} -->\n\n# scangate: PASS\n/);
  });

  it('is put in the place of the old one, however many comments came before it', async () => {
    const own: Note = { id: 555, body: `${await marker()}\n\nold`, author: { id: OWN_ID } };
    const later: Note = { id: 556, body: `${await marker()}\n\nsecond`, author: { id: OWN_ID } };
    const published = await publish([...others(250), own, later]);
    expect(published.calls).toEqual(['GET /user', page(1), page(2), page(3), `PUT ${NOTES}/555`]);
    expect(published.said).toBe('the note on the merge request was updated');
  });

  it('walks the pages of a server that names no next page', async () => {
    const published = await publish([], {
      answer: (request) => ({ ...answerAs(others(150), request), headers: {} }),
    });
    expect(published.calls).toEqual(['GET /user', page(1), page(2), `POST ${NOTES}`]);
  });

  it('leaves alone what another has written, whatever it says', async () => {
    const mark = await marker();
    const notes: Note[] = [
      { id: 1, body: `${mark}\n\nfaked`, author: { id: 3 } },
      { id: 2, body: `quoted:\n${mark}`, author: { id: OWN_ID } },
      { id: 3, body: mark, author: { id: OWN_ID }, system: true },
      { id: 4, body: await marker({ ...noteEnv, CI_JOB_NAME: 'another gate' }), author: { id: OWN_ID } },
    ];
    expect((await publish(notes)).calls.at(-1)).toBe(`POST ${NOTES}`);
  });

  it('is written anew when somebody deletes it in between', async () => {
    const own: Note = { id: 555, body: await marker(), author: { id: OWN_ID } };
    const answer = (request: ServerRequest) =>
      request.method === 'PUT' ? { status: 404, text: '' } : answerAs([own], request);
    expect(await publish([own], { answer })).toMatchObject({
      calls: ['GET /user', page(1), `PUT ${NOTES}/555`, `POST ${NOTES}`],
      said: 'a note was written on the merge request',
    });
  });

  it.each([
    ['without a token', { SCANGATE_GITLAB_TOKEN: undefined }],
    ['with an empty token', { SCANGATE_GITLAB_TOKEN: '' }],
    ['outside a merge request', { CI_MERGE_REQUEST_IID: undefined }],
  ])('is not for a job %s', async (_, env) => {
    expect(await publish([], { env: { ...noteEnv, ...env } })).toEqual({ said: undefined, requests: [], calls: [] });
  });

  it.each<[string, Environment, string]>([
    ['no address', { CI_API_V4_URL: '' }, 'CI_API_V4_URL is not a web address'],
    ['another scheme', { CI_API_V4_URL: 'ftp://gitlab.example' }, 'CI_API_V4_URL is not a web address'],
    ['credentials in it', { CI_API_V4_URL: 'https://a:b@gitlab.example' }, 'CI_API_V4_URL is not a web address'],
    ['a path for a number', { CI_MERGE_REQUEST_IID: '1/../2' }, 'CI_MERGE_REQUEST_IID is not a number'],
    [
      'a path for a project',
      { CI_MERGE_REQUEST_PROJECT_ID: 'a/b' },
      'CI_MERGE_REQUEST_PROJECT_ID and CI_PROJECT_ID are not numbers',
    ],
  ])('calls nobody with %s', async (_, env, problem) => {
    expect(await publish([], { env: { ...noteEnv, ...env } })).toEqual({
      said: `the note on the merge request was not written: ${problem}`,
      requests: [],
      calls: [],
    });
  });

  const failing =
    (method: string, path: string, answer: { status: number; text: string }) => (request: ServerRequest) =>
      request.method === method && new URL(request.url).pathname.endsWith(path) ? answer : answerAs([], request);

  it.each([
    ['GET', '/user', 401, '', 'GET /user answered 401; SCANGATE_GITLAB_TOKEN is wrong or has expired'],
    [
      'GET',
      '/notes',
      403,
      '',
      `GET ${NOTES} answered 403; SCANGATE_GITLAB_TOKEN needs the scope api and at least the role Reporter`,
    ],
    ['POST', '/notes', 500, '', `POST ${NOTES} answered 500`],
    ['GET', '/user', 302, '', 'GET /user answered 302'],
    ['GET', '/user', 200, '<html>', 'GET /user was not answered in JSON'],
    ['GET', '/user', 200, '{"id":"1"}', 'GET /user has an answer of unknown form'],
    ['GET', '/notes', 200, '{"message":"no"}', `GET ${NOTES} has an answer of unknown form`],
  ])('says why it is not there: %s %s %s %s', async (method, path, status, text, problem) => {
    const { said } = await publish([], { answer: failing(method, path, { status, text }) });
    expect(said).toBe(`the note on the merge request was not written: ${problem}`);
  });

  it('ends at a server whose pages never end', async () => {
    const { said, calls } = await publish([], {
      answer: (request) =>
        request.url.endsWith('/user')
          ? answerAs([], request)
          : { status: 200, text: '[]', headers: { 'x-next-page': '2' } },
    });
    expect([said, calls.length]).toEqual([
      'the note on the merge request was not written: there are more than 50000 notes',
      501,
    ]);
  });

  it('passes on what the network says', async () => {
    const answer = () => {
      throw new Error('no route');
    };
    await expect(publish([], { answer })).rejects.toThrow('no route');
  });

  it('stays within the limit of a note over 5,000 findings', async () => {
    const built = buildMany(5_000, ' long'.repeat(400)).then((many) => toDelivery(many));
    const body = bodyOf(await publish([], { built }));
    expect(body.length).toBeLessThan(1_000_000);
    expect(body).toContain('and 980 more; all are in findings.ndjson');
    expect(body).toContain('findings.ndjson in [its artifacts](');
  });

  it('has no line that is a quick action, and no address but that of the job', async () => {
    const parts = [...HOSTILE_TEXTS, '\n/close', '\n/merge\n', '/approve', '\n  /label ~x', '<!-- scangate 0 -->'];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 4 }), async (texts) => {
        const env = { ...noteEnv, CI_JOB_NAME: texts.join(''), CI_JOB_URL: undefined };
        const body = bodyOf(await publish([], { env, built: buildTextDelivery([texts.join('')]) }));
        expect(body).not.toMatch(/^\s*\//m);
        expect(body.match(/<!--/g)).toHaveLength(1);
        const links = body.replace(/\\[!-/:-@[-`{-~]/g, '').match(/\]\([^)]*\)/g);
        expect(links).toEqual(['](https://ci.example/shop/7)', '](https://ci.example/shop/7/artifacts/browse)']);
      }),
      { numRuns: 40 },
    );
  });
});
