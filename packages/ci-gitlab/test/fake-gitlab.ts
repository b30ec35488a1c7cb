import type { CiServer } from '@scangate/core/ci';

type ServerRequest = Parameters<CiServer['request']>[0];

/** A job of a merge request whose project gave the gate a token. */
export const noteEnv = {
  GITLAB_CI: 'true',
  SCANGATE_GITLAB_TOKEN: 'glpat-of-the-test',
  CI_API_V4_URL: 'https://gitlab.example/api/v4',
  CI_PROJECT_ID: '5',
  CI_MERGE_REQUEST_IID: '12',
  CI_MERGE_REQUEST_PROJECT_ID: '5',
  CI_JOB_NAME: 'scangate',
  CI_JOB_URL: 'https://gitlab.example/shop/shop/-/jobs/4711',
  CI_COMMIT_SHA: '8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e',
};

export const OWN_ID = 77;

export interface Note {
  id: number;
  body: string;
  author: { id: number };
  system?: boolean;
}

/** What GitLab answers, by its page on the notes API, when these notes stand on the merge request, 100 on a page. */
export function answerAs(
  notes: readonly Note[],
  { method, url }: ServerRequest,
): { status: number; text: string; headers?: Record<string, string> } {
  const { pathname, searchParams } = new URL(url);
  if (pathname === '/api/v4/user') return { status: 200, text: JSON.stringify({ id: OWN_ID, username: 'gate-bot' }) };
  if (method === 'POST') return { status: 201, text: JSON.stringify({ id: 900 }) };
  if (method === 'PUT') {
    const found = notes.find(({ id }) => pathname.endsWith(`/notes/${id}`));
    return found ? { status: 200, text: JSON.stringify(found) } : { status: 404, text: '{"message":"404 Not found"}' };
  }
  const page = Number(searchParams.get('page'));
  const shown = notes.slice(100 * (page - 1), 100 * page);
  const next = notes.length > 100 * page ? String(page + 1) : '';
  return { status: 200, text: JSON.stringify(shown), headers: { 'x-next-page': next } };
}
