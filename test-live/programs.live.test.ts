import { once } from 'node:events';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTrivyCache, withApp } from '../scripts/demo/scanners.mjs';
import { codesOf, DEMO, type Gated, idsOf, makeScratch, removeScratch, runTargets } from './gate.js';
import { IMAGES, TRIVY_BIN } from './tools.mjs';

/* The real scanners as child processes of `scangate run`, without an account anywhere. */

let scratch: string;
let cacheDir: string;
let count = 0;

beforeAll(async () => {
  scratch = await makeScratch();
  cacheDir = await makeTrivyCache(join(scratch, 'trivy'));
});
afterAll(() => removeScratch(scratch));

/** A folder with the shop of the demo in it. */
async function fresh(inputs: string): Promise<string> {
  const folder = join(scratch, String(++count));
  await cp(join(DEMO, inputs), join(folder, 'src'), { recursive: true });
  return folder;
}

/** Findings and codes of each target. */
const seen = ({ code, verdict }: Gated) => ({
  code,
  outcome: verdict.outcome,
  targets: Object.fromEntries(
    verdict.targets.map(({ name, counts }) => [
      name,
      [counts.total, ...verdict.reasons.filter(({ target }) => target === name).map((reason) => reason.code)],
    ]),
  ),
});

const evidenceOf = ({ verdict }: Gated): (string | undefined)[] => verdict.targets.map(({ evidence }) => evidence);

describe('Trivy', () => {
  /** The pinned program is a build of somebody's own, which calls itself "dev". */
  const trivy = (target: object) => ({
    ...{ scanner: 'trivy', program: TRIVY_BIN, programVersion: '0.46.0', offline: true, cacheDir },
    ...target,
  });

  test('an image, packages and templates with mistakes are red, all at once', async () => {
    const gated = await runTargets(await fresh('inputs'), {
      image: trivy({ image: IMAGES.vulnerable }),
      packages: trivy({ filesystem: 'src' }),
      templates: trivy({ config: 'src' }),
    });
    expect(seen(gated)).toEqual({
      code: 1,
      outcome: 'fail',
      targets: { image: [1], packages: [4], templates: [expect.any(Number)] },
    });
    expect(gated.verdict.targets[2]?.counts.total).toBeGreaterThan(20);
    expect(await idsOf(gated)).toContain('CVE-2023-45853');
  });

  test('without those they are green, and each has its evidence', async () => {
    const gated = await runTargets(await fresh('inputs-clean'), {
      image: trivy({ image: IMAGES.clean }),
      packages: trivy({ filesystem: 'src' }),
      templates: trivy({ config: 'src' }),
      secrets: trivy({ filesystem: 'src/web', scanners: ['secret'] }),
    });
    expect(seen(gated)).toMatchObject({
      code: 0,
      outcome: 'pass',
      targets: { image: [0], packages: [0], secrets: [0] },
    });
    expect(evidenceOf(gated)).toEqual([
      ...['os-pkgs', 'lang-pkgs', 'config', 'looked for secrets'].map((word) => expect.stringContaining(word)),
    ]);
  });

  test('an ignore file and settings of the surroundings hide nothing', async () => {
    const folder = await fresh('inputs');
    await writeFile(join(folder, '.trivyignore'), 'CVE-2021-44906\nCVE-2021-23337\nCVE-2020-28500\nCVE-2024-29415\n');
    await writeFile(join(folder, 'trivy.yaml'), 'severity: [LOW]\nvulnerability: { ignore-unfixed: true }\n');
    const env = { TRIVY_SEVERITY: 'LOW', TRIVY_IGNORE_UNFIXED: 'true', TRIVY_SKIP_DIRS: 'src', TRIVY_EXIT_CODE: '7' };
    const gated = await runTargets(folder, { packages: trivy({ filesystem: 'src' }) }, env);
    expect(seen(gated)).toEqual({ code: 1, outcome: 'fail', targets: { packages: [4] } });
  });

  test('nothing to look at, no database, no version: inconclusive, each with its reason', async () => {
    const folder = await fresh('inputs');
    await mkdir(join(folder, 'empty'));
    const { programVersion: _, ...unknown } = trivy({ image: IMAGES.clean });
    const gated = await runTargets(folder, {
      empty: trivy({ filesystem: 'empty' }),
      blind: trivy({ filesystem: 'src', cacheDir: join(scratch, 'nothing') }),
      unknown,
    });
    expect(seen(gated)).toEqual({
      code: 4,
      outcome: 'inconclusive',
      targets: {
        empty: [0, 'SCANGATE_SCAN_NO_EVIDENCE'],
        blind: [0, 'SCANGATE_PROGRAM_FAILED'],
        unknown: [0, 'SCANGATE_PROGRAM_VERSION'],
      },
    });
    expect(gated.stdout + gated.stderr).toContain('DB');
  });
});

describe('Wapiti', () => {
  const scan = async (url: string, more: object = {}) =>
    runTargets(await fresh('inputs'), { shop: { scanner: 'wapiti', url, scope: 'domain', wait: '2m', ...more } });

  const app = (name: string): string => join(DEMO, name, 'web', 'app.mjs');

  test('the vulnerable application is red', async () => {
    const gated = await withApp(app('inputs'), (url) => scan(url));
    expect(seen(gated)).toEqual({ code: 1, outcome: 'fail', targets: { shop: [expect.any(Number)] } });
    expect(gated.verdict.targets[0]?.counts.total).toBeGreaterThan(8);
  });

  test('the mended application is green', async () => {
    const gated = await withApp(app('inputs-clean'), (url) => scan(url));
    expect(seen(gated)).toEqual({ code: 0, outcome: 'pass', targets: { shop: [2] } });
  });

  test('it is green without any finding too: the addresses that Wapiti found are the evidence', async () => {
    const gated = await withApp(app('inputs-clean'), (url) => scan(url, { modules: ['sql', 'xss'] }));
    expect(seen(gated)).toEqual({ code: 0, outcome: 'pass', targets: { shop: [0] } });
    expect(evidenceOf(gated)).toEqual([expect.stringMatching(/^Wapiti found [1-9]/)]);
  });

  test('an application that is down is inconclusive', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const gated = await scan(`http://127.0.0.1:${port}/`);
    expect(seen(gated)).toEqual({
      code: 4,
      outcome: 'inconclusive',
      targets: { shop: [0, 'SCANGATE_SCAN_NOTHING_REACHED'] },
    });
  });

  test('an application that dies during the scan is never green', async () => {
    let answers = 0;
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<a href="/a?x=1">a</a><a href="/b?y=2">b</a>', () => {
        if (++answers < 7) return;
        server.close();
        server.closeAllConnections();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // Wapiti waits a second after each request that failed.
    const gated = await scan(`http://127.0.0.1:${port}/`, { modules: ['sql'] });
    expect(gated.code).toBe(4);
    expect(new Set(codesOf(gated))).toEqual(new Set(['SCANGATE_SCAN_INCOMPLETE']));
  });

  test('a module that it does not know is no reason to be green', async () => {
    const gated = await withApp(app('inputs-clean'), (url) => scan(url, { modules: ['sql', 'sqk'] }));
    expect(seen(gated)).toEqual({
      code: 4,
      outcome: 'inconclusive',
      targets: { shop: expect.arrayContaining(['SCANGATE_SCAN_INCOMPLETE']) },
    });
  });
});
