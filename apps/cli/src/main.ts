import { fileURLToPath } from 'node:url';
import { runCli } from './run.js';

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  now: () => new Date(),
  demoFolder: fileURLToPath(new URL('./demo', import.meta.url)),
});
process.exitCode = code;
