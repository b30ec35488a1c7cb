import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder, runProcess } from '../support/cli.js';
import {
  HANDBOOK,
  missingReports,
  runFast,
  SHOP,
  type Simulator,
  type SimulatorChoice,
  startFast,
  textsUnder,
  verdictIn,
  withSimulator,
  writeConfig,
} from './support.js';

/* The commands that start scans, as pipelines run them: the built program against the simulator's process. */

const inBoth = (
  work: (folder: string, simulator: Simulator) => Promise<void>,
  options: SimulatorChoice = {},
): Promise<void> => inTemporaryFolder((folder) => withSimulator(options, (simulator) => work(folder, simulator)));

const launches = async (simulator: Simulator): Promise<number> => (await simulator.state()).launches.length;

describe.concurrent('scangate run', () => {
  it('scans, judges and reports, beside reports that exist already', async () => {
    await inBoth(async (folder, simulator) => {
      const report = { SchemaVersion: 2, ArtifactName: 'shop:1', Results: [{ Target: 'shop:1', Class: 'os-pkgs' }] };
      writeFileSync(join(folder, 'trivy.json'), JSON.stringify(report));
      writeConfig(folder, { image: '{ scanner: report, path: trivy.json }', shop: SHOP, docs: HANDBOOK });
      const { exit, stdout, stderr } = await runFast(simulator, ['run'], folder);
      expect([exit, stderr, missingReports(folder)]).toEqual(['fail', '', []]);
      expect(verdictIn(folder).targets.map(({ name, scanner, state }) => [name, scanner, state])).toEqual([
        ['image', 'trivy', 'complete'],
        ['shop', 'qualys-was', 'complete'],
        ['docs', 'qualys-was', 'complete'],
      ]);
      expect(stdout).toMatch(/^shop: started scangate shop \w+ \(id \d+\), http/m);
      expect(stdout).toMatch(/^shop: (SUBMITTED|RUNNING), .* elapsed, .*next look in /m);
      expect(stdout).toMatch(/^shop: ended: FINISHED/m);
      expect((await simulator.state()).running).toEqual([]);
    });
  });

  it('judges the targets that it can when one is not there, and names the candidates', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { docs: HANDBOOK, gone: '{ scanner: qualys-was, webApp: Hanbook }' });
      const { exit, stderr } = await runFast(simulator, ['run'], folder);
      expect([exit, missingReports(folder), await launches(simulator)]).toEqual(['usage', [], 1]);
      expect(stderr).toMatch(/^scangate: inconclusive: gone: .*Hanbook.*; mend: /);
      expect(verdictIn(folder).targets.map(({ state }) => state)).toEqual(['complete', 'unreadable']);
    });
  });

  it('uses a scan that runs already, and leaves it alone when it is interrupted', async () => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { docs: HANDBOOK });
        await runFast(simulator, ['start'], folder);
        rmSync(join(folder, '.scangate'), { recursive: true });
        writeConfig(folder, { docs: '{ scanner: qualys-was, webApp: Handbook, reuse: running }' });
        const run = startFast(simulator, ['run'], folder);
        await run.says('docs: using a scan that exists already');
        await run.says('docs: RUNNING');
        run.child.kill('SIGTERM');
        const { exit } = await run.done;
        const { launches, running } = await simulator.state();
        expect([exit, launches.length, running.length]).toEqual(['terminated', 1, 1]);
      },
      { seed: 'demo,minutes=600' },
    );
  });

  it('refuses to start without credentials, before anything is asked', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { docs: HANDBOOK });
      const { SCANGATE_QUALYS_PASSWORD: _, ...env } = simulator.env;
      const { exit, stderr } = await runFast(simulator, ['run'], folder, env);
      expect([exit, (await simulator.state()).callsTotal]).toEqual(['usage', 0]);
      expect(stderr).toContain('SCANGATE_QUALYS_PASSWORD is not set');
    });
  });

  it('does not launch when the state cannot be written, and says so', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { docs: HANDBOOK });
      writeFileSync(join(folder, 'occupied'), '');
      const { exit, stderr } = await runFast(simulator, ['run', '--state', 'occupied/state'], folder);
      expect([exit, await launches(simulator), missingReports(folder)]).toEqual(['inconclusive', 0, []]);
      expect(stderr).toContain('SCANGATE_STATE_UNREADABLE');
    });
  });

  it('never goes on from a state file that is damaged', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { docs: HANDBOOK });
      mkdirSync(join(folder, '.scangate/state'), { recursive: true });
      writeFileSync(join(folder, '.scangate/state/docs.json'), '{ "schema": "scangate.st');
      const { exit, stderr } = await runFast(simulator, ['run'], folder);
      expect([exit, await launches(simulator), missingReports(folder)]).toEqual(['inconclusive', 0, []]);
      expect(stderr).toMatch(/the state of "docs" cannot be used: it is no JSON \(SCANGATE_STATE_UNREADABLE\); mend: /);
    });
  });

  it('tells with --verbose what the calls were', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { docs: HANDBOOK });
      const { stderr } = await runFast(simulator, ['run', '--verbose'], folder);
      expect(stderr).toMatch(/^calls to the platform: \d+, \d+ of 300 left; \d+ waited for a place; \d+ (GET|POST) /m);
    });
  });

  it('prints with --quiet the verdict alone', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { docs: HANDBOOK });
      const { stdout } = await runFast(simulator, ['run', '--quiet'], folder);
      expect(stdout).toMatch(/^PASS .*\n$/);
    });
  });
});

describe.concurrent('scangate start and collect', () => {
  it('are a run in two folders: the state folder travels', async () => {
    await inBoth(async (first, simulator) => {
      await inTemporaryFolder(async (second) => {
        for (const folder of [first, second]) writeConfig(folder, { shop: SHOP, docs: HANDBOOK });
        const start = await runFast(simulator, ['start', '--json'], first);
        const said = JSON.parse(start.stdout) as { scans: { target: string; scanId: string; scanName: string }[] };
        expect([start.exit, said.scans.map(({ target }) => target)]).toEqual(['pass', ['shop', 'docs']]);
        expect((await simulator.state()).launches.map(({ name }) => name)).toEqual(
          said.scans.map(({ scanName }) => scanName),
        );
        cpSync(join(first, '.scangate/state'), join(second, 'brought'), { recursive: true });
        const collect = await runFast(simulator, ['collect', '--state', 'brought'], second);
        expect([collect.exit, missingReports(second), await launches(simulator)]).toEqual(['fail', [], 2]);
        const again = await runFast(simulator, ['collect', '--state', 'brought', 'docs'], second);
        expect([again.exit, await launches(simulator)]).toEqual(['pass', 2]);
      });
    });
  });

  it('start prints how to collect, and starts nothing twice', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { docs: HANDBOOK });
      const first = await runFast(simulator, ['start'], folder);
      expect(first.stdout).toMatch(
        /^docs: scangate docs \w+ \(id \d+\)\n {2}page: +http.*\n {2}collect: scangate collect docs --state \.scangate\/state$/m,
      );
      await runFast(simulator, ['start'], folder);
      expect(await launches(simulator)).toBe(1);
    });
  });

  it('collect without a start is inconclusive, with every report', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { docs: HANDBOOK });
      const { exit, stderr } = await runFast(simulator, ['collect'], folder);
      expect([exit, missingReports(folder), await launches(simulator)]).toEqual(['inconclusive', [], 0]);
      expect(stderr).toContain('SCANGATE_STATE_MISSING');
    });
  });
});

describe.concurrent('a signal', () => {
  it.each([
    ['SIGTERM', 'terminated'],
    ['SIGINT', 'interrupted'],
  ] as const)('%s cancels the scan on the platform within 10 s', async (signal, exit) => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { shop: SHOP, docs: HANDBOOK });
        const run = startFast(simulator, ['run'], folder);
        await Promise.all([run.says('shop: RUNNING'), run.says('docs: RUNNING')]);
        const begun = Date.now();
        run.child.kill(signal);
        const result = await run.done;
        expect([result.exit, missingReports(folder)], result.stderr).toEqual([exit, []]);
        expect(Date.now() - begun).toBeLessThan(10_000);
        const { running, scans } = await simulator.state();
        expect([running, scans.filter(({ launchedHere }) => launchedHere).map(({ status }) => status)]).toEqual([
          [],
          ['CANCELED', 'CANCELED'],
        ]);
        expect(verdictIn(folder)).toMatchObject({
          outcome: 'inconclusive',
          exitCode: exit === 'terminated' ? 143 : 130,
        });
      },
      { seed: 'demo,minutes=600' },
    );
  });

  it('leaves the scan on the platform when asked to, and collect judges it', async () => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { docs: '{ scanner: qualys-was, webApp: Handbook, onAbort: keep }' });
        const run = startFast(simulator, ['run'], folder);
        await run.says('docs: RUNNING');
        run.child.kill('SIGTERM');
        const result = await run.done;
        expect([result.exit, (await simulator.state()).running.length]).toEqual(['terminated', 1]);
        expect(result.stderr).toContain('scangate collect docs judges it later');
        expect((await runFast(simulator, ['collect'], folder)).exit).toBe('pass');
      },
      { seed: 'demo,minutes=60' },
    );
  });
});

describe.concurrent('the wait limit', () => {
  it('saves the state, and the message says how to collect', async () => {
    await inBoth(
      async (folder, simulator) => {
        const settings = '{ scanner: qualys-was, webApp: Handbook, wait: { run: 10m }, onTimeout: keep }';
        writeConfig(folder, { docs: settings });
        const { exit, stderr } = await runFast(simulator, ['run'], folder);
        expect([exit, missingReports(folder), (await simulator.state()).running.length]).toEqual(['timeout', [], 1]);
        expect(stderr).toMatch(/wait\.run is 10m.*SCANGATE_SCAN_TIMEOUT.*scangate collect docs judges it later/);
        writeConfig(folder, { docs: settings.replace('10m', '4h') });
        expect((await runFast(simulator, ['collect'], folder)).exit).toBe('pass');
        expect(await launches(simulator)).toBe(1);
      },
      { seed: 'demo,minutes=60' },
    );
  });

  it('cancels the scan when it may', async () => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { docs: '{ scanner: qualys-was, webApp: Handbook, wait: 20m, onTimeout: cancel }' });
        const { exit, stderr } = await runFast(simulator, ['run'], folder);
        expect([exit, (await simulator.state()).running]).toEqual(['timeout', []]);
        expect(stderr).toContain('it was cancelled');
      },
      { seed: 'demo,minutes=600' },
    );
  });
});

describe.concurrent('a secret', () => {
  const forms = (secret: string): string[] => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1),
  ];

  it.each([
    ['user and password', 'none', (simulator: Simulator) => simulator.env],
    ['OAuth client', 'none', (simulator: Simulator) => simulator.clientEnv],
    ['user and password, refused', 'wrong-password', (simulator: Simulator) => simulator.env],
    ['user and password, platform down', 'html-error', (simulator: Simulator) => simulator.env],
  ])('is nowhere: %s', async (_, fault, envOf) => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { docs: HANDBOOK });
        const { stdout, stderr } = await runFast(simulator, ['run', '--verbose'], folder, envOf(simulator));
        const texts = [...textsUnder(folder).values(), stdout, stderr];
        const { username, password, clientSecret } = simulator.said;
        const pair = Buffer.from(`${username}:${password}`).toString('base64');
        for (const form of [...forms(password), ...forms(clientSecret), pair, 'eyJ']) {
          expect(texts.filter((text) => text.includes(form))).toEqual([]);
        }
        expect(texts.length).toBeGreaterThan(5);
      },
      { faults: fault === 'none' ? [] : [fault] },
    );
  });

  it.each([
    [['run', '--password', 'hunter2-hunter2']],
    [['run', '--token=hunter2-hunter2']],
    [['start', '--qualys-client-secret', 'hunter2-hunter2']],
    [['run', '--state', 'x-hunter2-hunter2']],
  ])('on the command line is refused and not repeated: %j', async (args) => {
    await inTemporaryFolder(async (folder) => {
      const env = { SCANGATE_QUALYS_PASSWORD: 'hunter2-hunter2' };
      const { exit, stdout, stderr } = await runProcess(args, folder, { env });
      expect([exit, `${stdout}${stderr}`.includes('hunter2')]).toEqual(['usage', false]);
      expect(stderr).toContain('mend: ');
    });
  });
});

describe.concurrent('a connection', () => {
  it('is trusted with the certificate of the company, and not without', async () => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { docs: HANDBOOK });
        const strange = await runFast(simulator, ['run'], folder);
        expect([strange.exit, missingReports(folder)]).toEqual(['temporary', []]);
        expect(strange.stderr).toContain('SCANGATE_HTTP_TLS');
        const env = { ...simulator.env, SCANGATE_CA_FILE: simulator.said.caFile ?? '' };
        const { exit, stderr } = await runFast(simulator, ['run'], folder, env);
        expect(exit, stderr).toBe('pass');
      },
      { tls: true },
    );
  });

  it('goes through the proxy that is set', async () => {
    await inBoth(async (folder, simulator) => {
      writeConfig(folder, { docs: HANDBOOK });
      const env = { ...simulator.env, SCANGATE_PROXY: 'http://127.0.0.1:1' };
      const { exit } = await runFast(simulator, ['run'], folder, env);
      expect([exit, (await simulator.state()).callsTotal]).toEqual(['temporary', 0]);
    });
  });
});

describe.concurrent('a run that breaks off', () => {
  it('cancels what it started', async () => {
    await inBoth(
      async (folder, simulator) => {
        writeConfig(folder, { docs: HANDBOOK });
        writeFileSync(join(folder, 'scangate-out'), 'a file where the folder should be');
        const { exit } = await runFast(simulator, ['run'], folder);
        expect([exit, (await simulator.state()).running]).toEqual(['usage', []]);
      },
      { seed: 'demo,minutes=600' },
    );
  });
});

describe('scangate demo', () => {
  it('shows launch, progress, verdict and files in less than 15 s, and exits with 0', async () => {
    await inTemporaryFolder(async (folder) => {
      const begun = Date.now();
      const { exit, stdout, stderr } = await runProcess(['demo'], folder);
      expect([exit, Date.now() - begun < 15_000], stderr).toEqual(['pass', true]);
      for (const part of [
        /^shop-staging: started scangate shop-staging \w+ \(id \d+\)/m,
        /^shop-staging: RUNNING, .* elapsed, /m,
        /^FAIL {2}\d of \d rules are violated/m,
        /^Files: scangate-out\/demo\/scan\/verdict\.json/m,
        /^A pipeline would have got exit code 1: the policy is violated\./m,
      ]) {
        expect(stdout).toMatch(part);
      }
    });
  });
});

describe('what does not scan', () => {
  it('loads nothing that speaks to a network', async () => {
    const dist = new URL('../../dist/', import.meta.url);
    const loaded = new Set<string>();
    const follow = (name: string): void => {
      if (loaded.has(name)) return;
      loaded.add(name);
      const text = readFileSync(new URL(name, dist), 'utf8');
      for (const [, next = ''] of text.matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)) follow(next);
    };
    const roots = [...textsUnder(dist.pathname).keys()].filter((name) => /^(main|application|evaluate)/.test(name));
    for (const name of roots) follow(name);
    expect(roots.length).toBe(3);
    const texts = [...loaded].map((name) => readFileSync(new URL(name, dist), 'utf8'));
    expect(texts.filter((text) => text.includes('UND_ERR_CONNECT_TIMEOUT'))).toEqual([]);
    expect(existsSync(dist)).toBe(true);
  });
});
