import { EXIT_CODES, EXIT_MEANINGS, type ExitName, ScangateError } from '@scangate/core';
import { runs } from '../command.js';
import type { Context, Program } from '../context.js';
import { judgeTargets } from '../judge.js';
import { resolveOptions } from '../options.js';
import { loadConfig, loadPolicy } from '../policy.js';
import { runTargets } from '../run-targets.js';
import { chooseTargets, reportTargets } from '../targets.js';

/** Simulated seconds in a second: a scan of 12 minutes ends before anybody looks away. */
const SPEED = 150;

/** The whole path, without an account. Ends with 0 unless the demo itself broke; the verdicts are part of the show. */
export default runs<{ out?: string }, []>(async (context, flags): Promise<ExitName> => {
  const out = flags.out ?? 'scangate-out/demo';
  await showScan(context, out);
  await showReports(context, out);
  return 'pass';
});

/** A simulator on this machine, and a real run against it over HTTP. */
async function showScan(context: Context, out: string): Promise<void> {
  const { disk, process } = context;
  const program = context.startProgram(context.simulatorProgram(), [
    ...['--port', '0', '--seed', 'demo', '--speed', String(SPEED), '--start', context.now().toISOString()],
    '--exit-with-parent',
  ]);
  try {
    const env = await environmentOf(program);
    const config = disk.resolve(context.demoFolder, 'scan.yml');
    const state = `${out}/state`;
    disk.remove(`${state}/shop-staging.json`);
    process.stdout.write(`A simulator of the Qualys platform listens on ${env.SCANGATE_QUALYS_API_URL}.\n`);
    process.stdout.write(`Its time and that of this run pass ${SPEED} times as fast.\n\n`);
    process.stdout.write('$ scangate run --config scan.yml   (a scan of the web application "Shop (staging)")\n\n');
    const flagsOfRun = { config, out: `${out}/scan`, state, cache: `${out}/cache` };
    const exit = await runTargets({ ...context, env, ...fastClock(context) }, flagsOfRun, [], 'run');
    tellExit(context, exit);
  } finally {
    program.stop();
  }
}

/** The first line of the simulator as variables of an environment. */
async function environmentOf(program: Program): Promise<Record<string, string>> {
  const said = JSON.parse(await program.firstLine) as Record<
    'api' | 'gateway' | 'portal' | 'username' | 'password',
    string
  >;
  return {
    SCANGATE_QUALYS_API_URL: said.api,
    SCANGATE_QUALYS_GATEWAY_URL: said.gateway,
    SCANGATE_QUALYS_PORTAL_URL: said.portal,
    SCANGATE_QUALYS_USERNAME: said.username,
    SCANGATE_QUALYS_PASSWORD: said.password,
  };
}

function fastClock({ now, sleep }: Context): Pick<Context, 'now' | 'sleep'> {
  const begunMs = now().getTime();
  return {
    now: () => new Date(begunMs + (now().getTime() - begunMs) * SPEED),
    sleep: (ms, signal) => sleep(ms / SPEED, signal),
  };
}

/** Reports that real scanners made, in short. */
async function showReports(context: Context, out: string): Promise<void> {
  const config = context.disk.resolve(context.demoFolder, 'scangate.yml');
  const options = { ...resolveOptions({ out: `${out}/reports`, quiet: true }, {}), config };
  const loaded = await loadConfig(context, options);
  if (!loaded) throw new ScangateError('SCANGATE_CONFIG_MISSING', `${config} does not exist`);
  const policy = await loadPolicy(context, options, loaded);
  const targets = reportTargets(context, loaded, chooseTargets(loaded, []));
  const names = targets.map(({ source }) => source).join(' ');
  context.process.stdout.write(`\n$ scangate evaluate --quiet --config scangate.yml   (${names})\n\n`);
  tellExit(context, await judgeTargets(context, options, policy, targets));
}

function tellExit({ process }: Context, exit: ExitName): void {
  process.stdout.write(`\nA pipeline would have got exit code ${EXIT_CODES[exit]}: ${EXIT_MEANINGS[exit]}.\n`);
}
