// Runs turbo with its telemetry off: the project reports nothing to anyone.
import { spawnSync } from 'node:child_process';

const { status, error } = spawnSync('turbo', process.argv.slice(2), {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
});
if (error) throw error;
process.exitCode = status ?? 1;
