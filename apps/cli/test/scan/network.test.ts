import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import { serveProxy, serveTls } from '../support/local-server.js';
import { HANDBOOK, runFast, type Simulator, withSimulator, writeConfig } from './support.js';

/* The networks of companies, through the running program: proxies, exceptions from them, client certificates. */

const certs = (name: string): string => fileURLToPath(new URL(`../../../simulator/certs/${name}`, import.meta.url));

const inBoth = (work: (folder: string, simulator: Simulator) => Promise<void>, tls = false): Promise<void> =>
  inTemporaryFolder((folder) =>
    withSimulator({ tls }, async (simulator) => {
      writeConfig(folder, { docs: HANDBOOK });
      await work(folder, simulator);
    }),
  );

const proxyTo = (simulator: Simulator) => serveProxy({ port: Number(new URL(simulator.said.api).port) });
const hostOf = ({ said }: Simulator): string => new URL(said.api).host;

describe('a proxy', () => {
  it('that is set carries every call, and is told who asks', async () => {
    await inBoth(async (folder, simulator) => {
      const proxy = await proxyTo(simulator);
      const ca = { SCANGATE_CA_FILE: simulator.said.caFile ?? '' };
      const env = { ...simulator.env, ...ca, SCANGATE_PROXY: `http://builder:corp-word-1@127.0.0.1:${proxy.port}` };
      const { exit, stdout, stderr } = await runFast(simulator, ['run', '--verbose'], folder, env);
      expect(exit, stderr).toBe('pass');
      expect([...new Set(proxy.tunnels.map(({ target }) => target))]).toEqual([hostOf(simulator)]);
      const expected = `Basic ${Buffer.from('builder:corp-word-1').toString('base64')}`;
      expect([...new Set(proxy.tunnels.map(({ authorization }) => authorization))]).toEqual([expected]);
      const corpWords = ['corp-word-1', Buffer.from('builder:corp-word-1').toString('base64')];
      expect(corpWords.filter((word) => `${stdout}${stderr}`.includes(word))).toEqual([]);
    }, true);
  });

  it.each(['HTTPS_PROXY', 'https_proxy'])('of the environment is asked: %s', async (name) => {
    await inBoth(async (folder, simulator) => {
      const proxy = await serveProxy({ status: 502 });
      // This machine itself is never asked for through a proxy of the environment.
      const away = { ...simulator.env, SCANGATE_QUALYS_API_URL: 'https://qualysapi.platform.test' };
      const env = { ...away, [name]: `http://127.0.0.1:${proxy.port}` };
      const { exit, stderr } = await runFast(simulator, ['run'], folder, env);
      expect(exit, stderr).toBe('temporary');
      expect([...new Set(proxy.tunnels.map(({ target }) => target))]).toEqual(['qualysapi.platform.test:443']);
    });
  });

  it.each(['NO_PROXY', 'no_proxy'])('is left aside for hosts in %s', async (name) => {
    await inBoth(async (folder, simulator) => {
      const proxy = await serveProxy({ status: 502 });
      const ca = { SCANGATE_CA_FILE: simulator.said.caFile ?? '' };
      const exception = { [name]: `intranet.example,${new URL(simulator.said.api).hostname}` };
      const env = { ...simulator.env, ...ca, ...exception, SCANGATE_PROXY: `http://127.0.0.1:${proxy.port}` };
      const { exit, stderr } = await runFast(simulator, ['run'], folder, env);
      expect(exit, stderr).toBe('pass');
      expect(proxy.tunnels).toEqual([]);
    }, true);
  });

  it('of the configuration wins over the environment', async () => {
    await inBoth(async (folder, simulator) => {
      const proxy = await proxyTo(simulator);
      const file = join(folder, 'scangate.yml');
      const network = `network:\n  proxy: "http://127.0.0.1:${proxy.port}"\n  caFiles: ["${simulator.said.caFile}"]\n`;
      writeFileSync(file, `${readFileSync(file, 'utf8')}${network}`);
      const env = { ...simulator.env, HTTPS_PROXY: 'http://127.0.0.1:1' };
      const { exit, stderr } = await runFast(simulator, ['run'], folder, env);
      expect(exit, stderr).toBe('pass');
      expect(proxy.tunnels.length).toBeGreaterThan(0);
    }, true);
  });

  it('that refuses is named with its answer', async () => {
    await inBoth(async (folder, simulator) => {
      const proxy = await serveProxy({ status: 407 });
      const env = { ...simulator.env, SCANGATE_PROXY: `http://127.0.0.1:${proxy.port}` };
      const { exit, stderr } = await runFast(simulator, ['run'], folder, env);
      expect(exit).toBe('temporary');
      expect(stderr).toMatch(/it wants other credentials \(SCANGATE_HTTP_PROXY\); mend: /);
    }, true);
  });
});

describe('a client certificate', () => {
  /** In front of the simulator: lets in only who shows a certificate. */
  const guard = (simulator: Simulator) => {
    const tls = { key: readFileSync(certs('server.key')), cert: readFileSync(certs('server.pem')) };
    return serveTls({ ...tls, requestCert: true, rejectUnauthorized: false }, (incoming, answer) => {
      if ((incoming.socket as TLSSocket).getPeerCertificate().subject?.CN !== 'localhost') {
        answer.writeHead(403).end();
        return;
      }
      const { method, headers, url } = incoming;
      const onward = request(new URL(url ?? '/', simulator.said.api), { method, headers }, (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      });
      incoming.pipe(onward);
    });
  };
  const addressed = (simulator: Simulator, origin: string): Record<string, string> => ({
    ...simulator.env,
    SCANGATE_QUALYS_API_URL: origin,
    SCANGATE_QUALYS_GATEWAY_URL: origin,
    SCANGATE_QUALYS_PORTAL_URL: origin,
    SCANGATE_CA_FILE: certs('ca.pem'),
  });

  it('is shown where one is wanted, and without it nobody comes in', async () => {
    await inBoth(async (folder, simulator) => {
      const env = addressed(simulator, await guard(simulator));
      expect((await runFast(simulator, ['run'], folder, env)).exit).toBe('refused');
      const shown = {
        SCANGATE_CLIENT_CERTIFICATE_FILE: certs('server.pem'),
        SCANGATE_CLIENT_KEY_FILE: certs('server.key'),
      };
      const { exit, stderr } = await runFast(simulator, ['run'], folder, { ...env, ...shown });
      expect(exit, stderr).toBe('pass');
    });
  });

  it('without its key is refused before anything is asked', async () => {
    await inBoth(async (folder, simulator) => {
      const half = { ...simulator.env, SCANGATE_CLIENT_CERTIFICATE_FILE: certs('server.pem') };
      const { exit, stderr } = await runFast(simulator, ['run'], folder, half);
      expect([exit, (await simulator.state()).callsTotal]).toEqual(['usage', 0]);
      expect(stderr).toContain('SCANGATE_HTTP_SETTINGS');
    });
  });
});
