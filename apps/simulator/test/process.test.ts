/** The process as its users start it: the built command, its first line, its end. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:https';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Announcement } from '../src/server.js';

const BIN = fileURLToPath(new URL('../bin/qualys-simulator.mjs', import.meta.url));
const BUILT = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const children: ChildProcessWithoutNullStreams[] = [];

beforeAll(() => {
  if (!existsSync(BUILT)) throw new Error('The simulator is not built: run npm run build first.');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [BIN, ...args]);
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcessWithoutNullStreams): Promise<Announcement> {
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return JSON.parse(text) as Announcement;
}

function ending(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; errors: string }> {
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, errors })));
}

describe('the command', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('announces itself in one line, and ends on %s', async (signal) => {
    const child = start('--speed', '600');
    const announcement = await firstLine(child);
    expect(Object.keys(announcement)).toEqual([
      'api',
      'gateway',
      'portal',
      'username',
      'password',
      'clientId',
      'clientSecret',
    ]);
    expect(new Set([announcement.api, announcement.gateway, announcement.portal]).size).toBe(3);
    const { username, password } = announcement;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const response = await fetch(`${announcement.api}/qps/rest/portal/version`, { headers: { authorization } });
    expect(response.status).toBe(200);
    const end = ending(child);
    child.kill(signal);
    expect((await end).code).toBe(0);
  });

  test('serves TLS with a certificate that its own authority signed', async () => {
    const { api, caFile } = await firstLine(start('--tls'));
    expect(api).toMatch(/^https:/);
    const ask = (options: object): Promise<number | string | undefined> =>
      new Promise((resolve) => {
        get(`${api}/nothing`, options, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      });
    expect(await ask({ ca: readFileSync(caFile ?? '') })).toBe(404);
    expect(await ask({})).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED/);
  });

  test('ends with its parent only when that is asked for', async () => {
    const child = start('--exit-with-parent');
    await firstLine(child);
    const end = ending(child);
    child.stdin.end();
    expect((await end).code).toBe(0);
    const alone = start();
    const { api } = await firstLine(alone);
    alone.stdin.end();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await fetch(`${api}/__simulator/state`)).status).toBe(200);
  });

  test.each([
    [['--fault', 'rainy-day'], 'Known faults: rate-limited'],
    [['--seed', 'other'], 'Known seeds: demo'],
    [['--host', '0.0.0.0'], 'loopback only'],
    [['--host', '192.0.2.1'], 'loopback only'],
    [['--nothing'], '--nothing'],
  ])('refuses %j', async (args, reason) => {
    const { code, errors } = await ending(start(...args));
    expect([code, errors.includes(reason), errors.split('\n').length]).toEqual([2, true, 2]);
  });

  test('says so when its port is taken', async () => {
    const { api } = await firstLine(start());
    const { code, errors } = await ending(start('--port', new URL(api).port));
    expect([code, errors]).toEqual([2, expect.stringContaining('EADDRINUSE')]);
  });

  test('prints its help with every fault', async () => {
    const child = start('--help');
    let text = '';
    for await (const chunk of child.stdout) text += String(chunk);
    expect(text).toContain('launch-lost-answer');
    expect(text).toContain('--exit-with-parent');
  });
});
