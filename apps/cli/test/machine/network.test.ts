import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import { certificate, errorOf, machineIn, treeOf } from './support.js';

const PROGRAM = '#!/bin/sh\necho verified\n';
const CHECKSUM = createHash('sha256').update(PROGRAM).digest('hex');

type AnyServer = ReturnType<typeof createServer> | ReturnType<typeof createTlsServer>;

async function serving<T>(server: AnyServer, work: (port: number) => Promise<T>): Promise<T> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** A host of downloads with a certificate of the company's own authority. */
const withHost = <T>(listener: RequestListener, work: (url: string, folder: string) => Promise<T>): Promise<T> =>
  inTemporaryFolder((folder) => {
    const server = createTlsServer({ key: certificate('server.key'), cert: certificate('server.pem') }, listener);
    return serving(server, (port) => work(`https://localhost:${port}/tool`, folder));
  });

describe('downloads', () => {
  it('are verified, made executable, and taken from the cache the next time', async () => {
    let asked = 0;
    const listener: RequestListener = (_, response) => {
      asked++;
      response.end(PROGRAM);
    };
    await withHost(listener, async (url, folder) => {
      const { machine } = machineIn(folder);
      const path = await machine.download({ url, sha256: CHECKSUM.toUpperCase() });
      expect((await machine.run({ command: path, args: [], timeoutMs: 5_000 })).stdout).toBe('verified\n');
      expect(await machineIn(folder).machine.download({ url, sha256: CHECKSUM })).toBe(path);
      expect(asked).toBe(1);
      expect(treeOf(folder)).toEqual([`.cache/programs/${CHECKSUM}/program`]);
    });
  });

  it('are verified again on each use, and fetched anew when they were changed', async () => {
    let asked = 0;
    const listener: RequestListener = (_, response) => {
      asked++;
      response.end(PROGRAM);
    };
    await withHost(listener, async (url, folder) => {
      const { machine, log } = machineIn(folder);
      const path = await machine.download({ url, sha256: CHECKSUM });
      writeFileSync(path, '#!/bin/sh\necho evil\n');
      expect(await machine.download({ url, sha256: CHECKSUM })).toBe(path);
      expect(readFileSync(path, 'utf8')).toBe(PROGRAM);
      expect([asked, log.length]).toEqual([2, 1]);
    });
  });

  it('leave nothing behind that is not what was pinned', async () => {
    await withHost(
      (_, response) => response.end('#!/bin/sh\necho evil\n'),
      async (url, folder) => {
        const { machine } = machineIn(folder);
        expect(await errorOf(machine.download({ url, sha256: CHECKSUM }))).toMatchObject({
          code: 'SCANGATE_PROGRAM_UNVERIFIED',
          message: expect.stringContaining(CHECKSUM),
        });
        expect(treeOf(folder)).toEqual([]);
      },
    );
  });

  it('leave nothing behind when the connection breaks', async () => {
    const listener: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('#!/bin/sh');
      setTimeout(() => response.destroy(), 50);
    };
    await withHost(listener, async (url, folder) => {
      const { machine } = machineIn(folder);
      expect(await errorOf(machine.download({ url, sha256: CHECKSUM }))).toMatchObject({ code: 'SCANGATE_HTTP_CUT' });
      expect(treeOf(folder)).toEqual([]);
    });
  });

  it('follow redirects, to https alone and not without end', async () => {
    const listener: RequestListener = ({ url }, response) => {
      if (url === '/there') response.end(PROGRAM);
      else if (url === '/tool') response.writeHead(302, { location: '/there' }).end();
      else if (url === '/plain') response.writeHead(302, { location: 'http://127.0.0.1:1/x' }).end();
      else response.writeHead(302, { location: '/round' }).end();
    };
    await withHost(listener, async (url, folder) => {
      const { machine } = machineIn(folder);
      expect(statSync(await machine.download({ url, sha256: CHECKSUM })).mode & 0o777).toBe(0o700);
      const other = 'b'.repeat(64);
      const at = (path: string) => errorOf(machine.download({ url: new URL(path, url).href, sha256: other }));
      expect(await at('/plain')).toMatchObject({ code: 'SCANGATE_PROGRAM_UNVERIFIED' });
      expect(await at('/round')).toMatchObject({ code: 'SCANGATE_PROGRAM_MISSING' });
    });
  });

  it('refuse other addresses and checksums, and answers that are no program', async () => {
    await withHost(
      (_, response) => response.writeHead(404).end(),
      async (url, folder) => {
        const { machine } = machineIn(folder);
        const plain = url.replace('https:', 'http:');
        expect(await errorOf(machine.download({ url, sha256: CHECKSUM }))).toMatchObject({
          code: 'SCANGATE_PROGRAM_MISSING',
          message: expect.stringContaining('404'),
        });
        for (const wrong of [
          { url: plain, sha256: CHECKSUM },
          { url: 'file:///bin/sh', sha256: CHECKSUM },
          { url: 'tool', sha256: CHECKSUM },
          { url, sha256: 'abc' },
          { url, sha256: `../../${CHECKSUM}` },
        ]) {
          expect(await errorOf(machine.download(wrong))).toMatchObject({ code: 'SCANGATE_PROGRAM_UNVERIFIED' });
        }
      },
    );
  });

  it('are trusted by the certificates of the run alone', async () => {
    await withHost(
      (_, response) => response.end(PROGRAM),
      async (url, folder) => {
        const { machine } = machineIn(folder, { http: { caTexts: [] } });
        expect(await errorOf(machine.download({ url, sha256: CHECKSUM }))).toMatchObject({ code: 'SCANGATE_HTTP_TLS' });
      },
    );
  });

  it('go through the proxy of the run', async () => {
    const tunnels: (string | undefined)[] = [];
    await withHost(
      (_, response) => response.end(PROGRAM),
      async (url, folder) => {
        const proxy = createServer();
        proxy.on('connect', (request, socket) => {
          tunnels.push(request.url);
          const [, port] = request.url?.split(':') ?? [];
          const way = connect(Number(port), '127.0.0.1', () => {
            socket.write('HTTP/1.1 200 OK\r\n\r\n');
            way.pipe(socket).pipe(way);
          });
          way.on('error', () => socket.destroy());
          socket.on('error', () => way.destroy());
        });
        await serving(proxy, async (port) => {
          const { machine, http } = machineIn(folder, { http: { proxy: `http://127.0.0.1:${port}` } });
          await machine.download({ url, sha256: CHECKSUM });
          await http.close();
        });
        expect(tunnels).toEqual([new URL(url).host]);
      },
    );
  });

  it('say when the cache cannot be written', async () => {
    await withHost(
      (_, response) => response.end(PROGRAM),
      async (url, folder) => {
        writeFileSync(join(folder, '.cache'), 'a file');
        chmodSync(join(folder, '.cache'), 0o600);
        const { machine } = machineIn(folder);
        expect(await errorOf(machine.download({ url, sha256: CHECKSUM }))).toMatchObject({
          code: 'SCANGATE_PROGRAM_MISSING',
        });
      },
    );
  });
});

describe('reach', () => {
  it('takes any answer for an answer, and says why there is none', async () => {
    await inTemporaryFolder(async (folder) => {
      const { machine } = machineIn(folder);
      const server = createServer((_, response) => response.writeHead(503).end('busy'));
      const url = await serving(server, async (port) => {
        expect(await machine.reach(`http://127.0.0.1:${port}/`)).toEqual({ answers: true, status: 503 });
        return `http://127.0.0.1:${port}/`;
      });
      expect(await machine.reach(url)).toMatchObject({ answers: false, reason: expect.stringContaining('127.0.0.1') });
    });
  });

  it('ends with the run', async () => {
    await inTemporaryFolder(async (folder) => {
      const stop = new AbortController();
      const { machine } = machineIn(folder, { parts: { signal: stop.signal } });
      const server = createServer(() => stop.abort(new Error('the run is over')));
      await serving(server, async (port) => {
        await expect(machine.reach(`http://127.0.0.1:${port}/`)).rejects.toThrow('the run is over');
      });
    });
  });
});
