import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textsUnder } from '../scan/support.js';
import { type CliResult, inTemporaryFolder, runProcess } from '../support/cli.js';

const TOKEN = 'glpat-0123456789abcdefghij';
const OWN_ID = 77;
const NOTES = '/api/v4/projects/5/merge_requests/12/notes';

interface Note {
  id: number;
  body: string;
  author: { id: number };
}

/** A merge request on a server of this machine that answers as GitLab's page on the notes API says. */
class FakeGitlab {
  readonly calls: string[] = [];
  readonly strangers: string[] = [];
  notes: Note[] = [];
  /** Answered instead of what was asked, by `METHOD path`. */
  readonly faults = new Map<string, { status: number; text: string; location?: string }>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, text, headers = {} }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.closeAllConnections();
      this.server.close(() => resolve());
    });
  }

  private async answer(
    request: IncomingMessage,
  ): Promise<{ status: number; text: string; headers?: Record<string, string> }> {
    const { method = '', url = '' } = request;
    const { pathname, searchParams } = new URL(url, 'http://gitlab.example');
    this.calls.push(`${method} ${pathname}${searchParams.has('page') ? ` page ${searchParams.get('page')}` : ''}`);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const fault = this.faults.get(`${method} ${pathname}`);
    if (fault) {
      const { status, text, location } = fault;
      return { status, text, ...(location === undefined ? {} : { headers: { location } }) };
    }
    if (request.headers['private-token'] !== TOKEN) return { status: 401, text: '{"message":"401 Unauthorized"}' };
    if (!pathname.startsWith('/api/v4/')) this.strangers.push(url);
    if (pathname === '/api/v4/user') return { status: 200, text: JSON.stringify({ id: OWN_ID }) };
    if (method === 'GET') {
      const page = Number(searchParams.get('page'));
      const next = this.notes.length > page * 100 ? String(page + 1) : '';
      const text = JSON.stringify(this.notes.slice((page - 1) * 100, page * 100));
      return { status: 200, text, headers: { 'x-next-page': next } };
    }
    const { body } = JSON.parse(Buffer.concat(parts).toString('utf8')) as { body: string };
    if (method === 'POST') {
      const note = { id: 1000 + this.notes.length, body, author: { id: OWN_ID } };
      this.notes.push(note);
      return { status: 201, text: JSON.stringify(note) };
    }
    const note = this.notes.find(({ id }) => pathname === `${NOTES}/${id}`);
    if (!note) return { status: 404, text: '{"message":"404 Not found"}' };
    note.body = body;
    return { status: 200, text: JSON.stringify(note) };
  }
}

const REPORT = {
  SchemaVersion: 2,
  ArtifactName: 'shop',
  ArtifactType: 'filesystem',
  Results: [
    {
      Target: 'package-lock.json',
      Class: 'lang-pkgs',
      Type: 'npm',
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2099-0001',
          PkgName: 'minimist',
          InstalledVersion: '1.0',
          FixedVersion: '1.1',
          Severity: 'CRITICAL',
          Title: `minimist leaks ${TOKEN} | [x](https://evil.example)\n/close`,
          PrimaryURL: 'http://127.0.0.1:9/evil',
        },
      ],
    },
  ],
};

const jobOf = (origin: string): Record<string, string> => ({
  CI: 'true',
  GITLAB_CI: 'true',
  CI_JOB_ID: '4711',
  CI_JOB_NAME: 'gate',
  CI_JOB_URL: 'https://gitlab.example/shop/shop/-/jobs/4711',
  CI_COMMIT_SHA: '8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e',
  CI_API_V4_URL: `${origin}/api/v4`,
  CI_PROJECT_ID: '9',
  CI_MERGE_REQUEST_PROJECT_ID: '5',
  CI_MERGE_REQUEST_IID: '12',
  SCANGATE_GITLAB_TOKEN: TOKEN,
});

type Gate = (failOn?: string, env?: Record<string, string>) => Promise<CliResult>;

async function withGate(work: (gate: Gate, gitlab: FakeGitlab, folder: string) => Promise<void>): Promise<void> {
  const gitlab = new FakeGitlab();
  const origin = await gitlab.start();
  try {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'trivy.json'), JSON.stringify(REPORT));
      const gate: Gate = (failOn = 'critical', env = {}) =>
        runProcess(['evaluate', 'trivy.json', '--fail-on', failOn], folder, { env: { ...jobOf(origin), ...env } });
      await work(gate, gitlab, folder);
    });
  } finally {
    await gitlab.stop();
  }
}

describe('the note on a merge request, through the program', () => {
  it('is one, updated in place from run to run, on whatever page it stands', () =>
    withGate(async (gate, gitlab) => {
      gitlab.notes = Array.from({ length: 130 }, (_, id) => ({ id, body: `comment ${id}`, author: { id: 3 } }));
      const first = await gate();
      expect([first.exit, first.stderr]).toEqual(['fail', 'scangate: a note was written on the merge request\n']);
      expect(gitlab.notes).toHaveLength(131);
      expect(gitlab.notes[130]?.body).toContain('\n# scangate: FAIL\n');

      gitlab.notes.push({ id: 5000, body: 'a later comment', author: { id: 3 } });
      gitlab.calls.length = 0;
      const second = await gate('critical=9');
      expect([second.exit, second.stderr]).toEqual(['pass', 'scangate: the note on the merge request was updated\n']);
      expect(gitlab.calls).toEqual([
        'GET /api/v4/user',
        `GET ${NOTES} page 1`,
        `GET ${NOTES} page 2`,
        `PUT ${NOTES}/1130`,
      ]);
      expect(gitlab.notes).toHaveLength(132);
      expect(gitlab.notes[130]?.body).toContain('\n# scangate: PASS\n');
    }));

  it('never holds the token, a link or an order of a report, and neither do files and log', () =>
    withGate(async (gate, gitlab, folder) => {
      const { stdout, stderr } = await gate();
      const body = gitlab.notes[0]?.body ?? '';
      expect(body).toContain('minimist leaks \\[redacted\\]');
      expect(body).not.toMatch(/https?:\/\/(?!gitlab\.example\/shop\/shop\/)|^\//m);
      const files = textsUnder(join(folder, 'scangate-out')).values();
      for (const text of [body, stdout, stderr, ...files]) expect(text).not.toContain(TOKEN);
      expect(gitlab.strangers).toEqual([]);
    }));

  it.each([
    ['a server that is not there', { CI_API_V4_URL: 'http://127.0.0.1:1/api/v4' }, /^scangate: .*SCANGATE_/],
    ['a wrong token', { SCANGATE_GITLAB_TOKEN: 'glpat-wrong' }, /answered 401; SCANGATE_GITLAB_TOKEN is wrong/],
    ['an address that is none', { CI_API_V4_URL: 'gitlab' }, /CI_API_V4_URL is not a web address/],
  ])('changes neither verdict nor exit: %s', (_, env, said) =>
    withGate(async (gate, gitlab, folder) => {
      const { exit, stderr } = await gate('critical', env);
      expect([exit, gitlab.notes]).toEqual(['fail', []]);
      expect(stderr).toMatch(said);
      const verdict = JSON.parse(readFileSync(join(folder, 'scangate-out/verdict.json'), 'utf8')) as {
        outcome: string;
      };
      expect(verdict.outcome).toBe('fail');
    }),
  );

  it('follows no redirect with the token', () =>
    withGate(async (gate, gitlab) => {
      gitlab.faults.set('GET /api/v4/user', { status: 302, text: '', location: '/elsewhere' });
      const { exit, stderr } = await gate();
      expect([exit, gitlab.calls]).toEqual(['fail', ['GET /api/v4/user']]);
      expect(stderr).toBe('scangate: the note on the merge request was not written: GET /user answered 302\n');
    }));

  it('is left alone without a token, and outside a merge request', () =>
    withGate(async (gate, gitlab) => {
      const without = await gate('critical', { SCANGATE_GITLAB_TOKEN: '' });
      const outside = await gate('critical', { CI_MERGE_REQUEST_IID: '' });
      expect([without.exit, without.stderr, outside.exit, outside.stderr]).toEqual(['fail', '', 'fail', '']);
      expect(gitlab.calls).toEqual([]);
    }));
});
