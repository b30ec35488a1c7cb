import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Program } from './context.js';

/** Its standard input is a pipe that closes with this process, whatever ends it. */
export function startProgram(path: string, args: readonly string[]): Program {
  const child = spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const firstLine = new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`${path} ended with status ${code} before it said anything`)));
  });
  return {
    firstLine,
    stop: () => {
      lines.close();
      child.stdin.end();
      child.kill();
    },
  };
}
