import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createInterruption } from './interruption.js';
import { startProgram } from './program.js';
import { runCli } from './run.js';
import { sleep } from './sleep.js';

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  now: () => new Date(Date.now()),
  sleep,
  random: Math.random,
  newId: () => randomUUID().slice(0, 8),
  interruption: createInterruption(process),
  demoFolder: fileURLToPath(new URL('./demo', import.meta.url)),
  simulatorProgram: () => fileURLToPath(import.meta.resolve('@scangate/simulator/bin/qualys-simulator.mjs')),
  startProgram,
});
process.exitCode = code;
