import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import { ended, errorOf, isThere, machineIn, node, script, textOf, treeOf, until } from './support.js';

const inFolder =
  (work: (folder: string) => Promise<void>): (() => Promise<void>) =>
  () =>
    inTemporaryFolder(work);

describe('locating programs', () => {
  it(
    'finds what can be executed, by path and in PATH',
    inFolder(async (folder) => {
      const tool = script(folder, 'tool', '#!/bin/sh\n');
      chmodSync(tool, 0o755);
      script(folder, 'text', 'no program');
      mkdirSync(join(folder, 'folder'));
      const { machine } = machineIn(folder, { env: { PATH: `/nowhere:${folder}` } });
      const found = ['tool', './tool', tool, 'text', './text', 'folder', 'nothing', './nothing', ''];
      expect(await Promise.all(found.map((name) => machine.locate(name)))).toEqual([
        ...[tool, tool, tool],
        ...[undefined, undefined, undefined, undefined, undefined, undefined],
      ]);
    }),
  );

  it(
    'looks into no relative folder of PATH: the checkout is there',
    inFolder(async (folder) => {
      chmodSync(script(folder, 'tool', '#!/bin/sh\n'), 0o755);
      const { machine } = machineIn(folder, { env: { PATH: `.::${'sub'}` } });
      expect(await machine.locate('tool')).toBeUndefined();
    }),
  );
});

describe('short programs', () => {
  it(
    'gives what they printed and how they ended',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      const end = await machine.run(node('console.log("out"); console.error("err"); process.exit(3)'));
      expect(end).toEqual({
        status: 3,
        stdout: 'out\n',
        stderr: 'err\n',
        startedAtMs: expect.any(Number),
        endedAtMs: expect.any(Number),
      });
    }),
  );

  it(
    'tells a signal from a status',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      const end = await machine.run(node('process.kill(process.pid, "SIGKILL")'));
      expect(end).toMatchObject({ signal: 'SIGKILL', stdout: '', stderr: '' });
      expect(end.status).toBeUndefined();
    }),
  );

  it(
    'passes arguments through no shell',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      const args = ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', '$(touch x)', '; touch y', '*'];
      const { stdout } = await machine.run({ command: process.execPath, args, timeoutMs: 10_000 });
      expect(JSON.parse(stdout)).toEqual(['$(touch x)', '; touch y', '*']);
      expect(treeOf(folder)).toEqual([]);
    }),
  );

  it(
    "hands on the environment without the gate's own variables",
    inFolder(async (folder) => {
      const env = { PATH: process.env.PATH ?? '', KEPT: '1', SCANGATE_QUALYS_PASSWORD: 'x', SCANGATE_ANY: 'x' };
      const { machine } = machineIn(folder, { env });
      const spec = node('console.log(JSON.stringify(process.env))', { env: { ADDED: '2', KEPT: '3' } });
      const { stdout } = await machine.run(spec);
      expect(JSON.parse(stdout)).toMatchObject({ KEPT: '3', ADDED: '2' });
      expect(stdout).not.toContain('SCANGATE');
    }),
  );

  it(
    'keeps the last 64 kB of each stream, without secrets, also where the cut goes through one',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      const text = 'const s = "correct-horse-battery".repeat(20000); process.stdout.write("first " + s + " last")';
      const { stdout } = await machine.run(node(text));
      expect(stdout.length).toBeLessThanOrEqual(64 * 1024);
      expect(stdout.endsWith(' last')).toBe(true);
      expect(stdout).not.toMatch(/correct|horse|battery|first/);
    }),
  );

  it(
    'says what cannot be started',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      expect(await errorOf(machine.run({ command: join(folder, 'none'), args: [], timeoutMs: 1_000 }))).toEqual({
        code: 'SCANGATE_PROGRAM_MISSING',
        message: `${join(folder, 'none')} cannot be started: no such file`,
      });
      const text = script(folder, 'text', 'no program');
      expect(await errorOf(machine.run({ command: text, args: [], timeoutMs: 1_000 }))).toMatchObject({
        code: 'SCANGATE_PROGRAM_MISSING',
      });
    }),
  );

  it(
    'ends them with everything that they started when their time is over',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      // A grandchild that hears no request to end.
      const child = script(folder, 'child.mjs', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);');
      const text = `const c = require("node:child_process").spawn(process.execPath, [${JSON.stringify(child)}], { stdio: "inherit" });
        console.log(c.pid); setInterval(() => {}, 1000);`;
      const end = await machine.run(node(text, { timeoutMs: 1_500 }));
      expect(end).toMatchObject({ signal: 'SIGTERM', stopped: 'time' });
      await until(() => !isThere(Number(end.stdout)));
    }),
  );

  it(
    'kills what does not end within five seconds of being asked',
    { timeout: 20_000 },
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      const text = 'process.on("SIGTERM", () => console.log("no")); console.log("up"); setInterval(() => {}, 1000);';
      const end = await machine.run(node(text, { timeoutMs: 1_000 }));
      expect(end).toMatchObject({ signal: 'SIGKILL', stopped: 'time', stdout: 'up\nno\n' });
      expect(end.endedAtMs - end.startedAtMs).toBeGreaterThan(5_500);
    }),
  );

  it(
    'is ended by the signal of the caller, whose reason is thrown',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      const stop = new AbortController();
      const running = machine.run(node('setInterval(() => {}, 1000)'), stop.signal);
      setTimeout(() => stop.abort(new Error('the run is over')), 200);
      await expect(running).rejects.toThrow('the run is over');
    }),
  );

  it(
    'waits for no stream that something outside of the group holds open',
    { timeout: 20_000 },
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      const text = `const c = require("node:child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 8000)"],
        { stdio: "inherit", detached: true }); c.unref(); console.log(c.pid);`;
      const begun = Date.now();
      const end = await machine.run(node(text));
      expect(end.status).toBe(0);
      expect(Date.now() - begun).toBeLessThan(6_000);
      process.kill(Number(end.stdout), 'SIGKILL');
    }),
  );
});

describe('long programs', () => {
  const write = (folder: string, text: string) =>
    `require("node:fs").writeFileSync(${JSON.stringify(`${folder}/report.json`)}, ${JSON.stringify(text)});`;

  it(
    'get a new and empty folder each time, and leave a record of their end',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      const folders: string[] = [];
      const seen: string[][] = [];
      for (const text of ['first', 'second']) {
        await machine.start('scangate shop/ü 1', (own) => {
          folders.push(own);
          seen.push(treeOf(own));
          return node(text === 'first' ? write(own, text) : 'console.log("nothing written")');
        });
        await ended(machine, 'scangate shop/ü 1');
      }
      expect(seen).toEqual([[], []]);
      expect(new Set(folders).size).toBe(2);
      expect(folders[0]).toMatch(/\/\.scangate\/programs\/scangate-shop-1-[0-9a-f]{12}\/1\/files$/);
      expect(statSync(folders[0] ?? '').mode & 0o777).toBe(0o700);
      // The report of the earlier run is there, and is not this one's.
      expect(existsSync(join(folders[0] ?? '', 'report.json'))).toBe(true);
      expect(await machine.files('scangate shop/ü 1')).toEqual([]);
      expect(await errorOf(textOf(machine.open('scangate shop/ü 1', 'report.json')))).toMatchObject({
        code: 'SCANGATE_REPORT_MISSING',
      });
    }),
  );

  it(
    'are known to another process on the same state folder',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      await machine.start('scan', (own) => node(`${write(own, '{"a":1}')} console.log("done"); process.exit(2)`));
      const end = await ended(machine, 'scan');
      const { machine: other } = machineIn(folder);
      expect(await other.state('scan')).toEqual({ kind: 'ended', end });
      expect(end).toMatchObject({ status: 2, stdout: 'done\n' });
      expect(await other.files('scan')).toEqual([{ path: 'report.json', bytes: 7 }]);
      expect(await textOf(other.open('scan', 'report.json'))).toBe('{"a":1}');
      expect(await other.state('another')).toEqual({ kind: 'none' });
      expect(await other.files('another')).toEqual([]);
    }),
  );

  it(
    'tell what they printed last',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      await machine.start('scan', () =>
        node('console.log("one"); console.error("two correct-horse-battery"); setInterval(() => {}, 1000)'),
      );
      const state = await until(async () => {
        const now = await machine.state('scan');
        return now.kind === 'running' && now.lastLine?.startsWith('two') && now;
      });
      expect(state).toEqual({ kind: 'running', startedAtMs: expect.any(Number), lastLine: 'two [redacted]' });
      await machine.stop('scan');
      expect(await machine.state('scan')).toMatchObject({ kind: 'ended', end: { stopped: 'cancelled' } });
      await machine.stop('scan');
      await machine.stop('nothing');
    }),
  );

  it(
    'find the texts that they are given, under plain names alone',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      await machine.start('scan', (own) =>
        node(`console.log(require("node:fs").readFileSync(${JSON.stringify(`${own}/plan.yaml`)}, "utf8"))`, {
          files: { 'plan.yaml': 'jobs: []' },
        }),
      );
      expect((await ended(machine, 'scan')).stdout).toBe('jobs: []\n');
      await expect(machine.start('other', () => node('', { files: { '../x': '' } }))).rejects.toThrow(
        'no name of a file',
      );
      expect(await machine.state('other')).toEqual({ kind: 'none' });
    }),
  );

  it(
    'leave nothing behind when they cannot be started',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      const start = machine.start('scan', () => ({ command: '/nowhere/tool', args: [], timeoutMs: 1_000 }));
      expect(await errorOf(start)).toMatchObject({ code: 'SCANGATE_PROGRAM_MISSING' });
      expect(await machine.state('scan')).toEqual({ kind: 'none' });
      expect(treeOf(folder)).toEqual([]);
    }),
  );

  it(
    'are not started where nothing can be kept',
    inFolder(async (folder) => {
      writeFileSync(join(folder, '.scangate'), 'a file');
      const { machine } = machineIn(folder);
      expect(await errorOf(machine.start('scan', () => node('')))).toMatchObject({ code: 'SCANGATE_STATE_UNWRITABLE' });
    }),
  );

  it(
    'end with the machine',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      await machine.start('scan', () => node('console.log(process.pid); setInterval(() => {}, 1000)'));
      const pid = await until(async () => {
        const state = await machine.state('scan');
        return state.kind === 'running' && state.lastLine !== undefined && Number(state.lastLine);
      });
      await machine.close();
      expect(isThere(pid)).toBe(false);
      const { machine: other } = machineIn(folder);
      expect(await other.state('scan')).toMatchObject({ kind: 'ended', end: { stopped: 'cancelled' } });
    }),
  );

  it(
    'ask their witness right after the end, and not when they were stopped',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      const witness = 'http://127.0.0.1:1/';
      await machine.start('scan', () => node('', { witness }));
      expect((await ended(machine, 'scan')).witness).toMatchObject({ answers: false, reason: expect.any(String) });
      await machine.start('stopped', () => node('setInterval(() => {}, 1000)', { witness }));
      await machine.stop('stopped');
      expect((await ended(machine, 'stopped')).witness).toBeUndefined();
    }),
  );

  it(
    'are taken away after a week, unless they run',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      for (const name of ['old', 'young']) {
        await machine.start(name, (own) => node(write(own, name)));
        await ended(machine, name);
      }
      await machine.start('running', () => node('setInterval(() => {}, 1000)'));
      const programs = join(folder, '.scangate/programs');
      const ago = new Date(Date.now() - 8 * 86_400_000);
      const nameOf = (name: string) =>
        treeOf(programs)
          .find((path) => path.startsWith(name))
          ?.split('/')[0] ?? '';
      for (const name of ['old', 'running']) utimesSync(join(programs, nameOf(name)), ago, ago);
      await machine.start('next', () => node(''));
      expect(nameOf('old')).toBe('');
      expect([nameOf('young'), nameOf('running')].every((name) => name !== '')).toBe(true);
      await machine.close();
    }),
  );
});

describe('programs of a process that is gone', () => {
  /** Another process of the gate, which starts a program that goes on for long, and is killed. */
  async function killedGate(folder: string): Promise<number> {
    const { machine } = machineIn(folder);
    const text = `console.log(process.pid); setInterval(() => {}, 1000)`;
    await machine.start('scan', () => node(text));
    const pid = await until(async () => {
      const state = await machine.state('scan');
      return state.kind === 'running' && state.lastLine !== undefined && Number(state.lastLine);
    });
    // The record names this process as the starter: put one there that is gone.
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    const path = join(folder, treeOf(folder).find((name) => name.endsWith('start.json')) ?? '');
    const record = JSON.parse(readFileSync(path, 'utf8')) as { starter: { pid: number } };
    writeFileSync(path, JSON.stringify({ ...record, starter: { ...record.starter, pid: gone.pid } }));
    return pid;
  }

  it(
    'are lost, and what is left of them is ended by the next start',
    inFolder(async (folder) => {
      const pid = await killedGate(folder);
      const { machine, log } = machineIn(folder);
      expect(await machine.state('scan')).toMatchObject({ kind: 'lost' });
      expect(isThere(pid)).toBe(true);
      await machine.start('scan', () => node('console.log("again")'));
      expect(isThere(pid)).toBe(false);
      expect((await ended(machine, 'scan')).stdout).toBe('again\n');
      expect(log).toEqual([`ending a program that an earlier run left behind: process ${pid}`]);
    }),
  );

  it(
    'are ended by stop',
    inFolder(async (folder) => {
      const pid = await killedGate(folder);
      const { machine } = machineIn(folder);
      await machine.stop('scan');
      expect(isThere(pid)).toBe(false);
    }),
  );

  it(
    'are left alone when the number belongs to somebody else by now',
    inFolder(async (folder) => {
      const pid = await killedGate(folder);
      const path = join(folder, treeOf(folder).find((name) => name.endsWith('start.json')) ?? '');
      const record = JSON.parse(readFileSync(path, 'utf8')) as { program: { beganTicks: string } };
      writeFileSync(path, JSON.stringify({ ...record, program: { ...record.program, beganTicks: '1' } }));
      const { machine } = machineIn(folder);
      await machine.stop('scan');
      expect(isThere(pid)).toBe(true);
      process.kill(pid, 'SIGKILL');
    }),
  );

  it(
    'run as long as a process that lives says so',
    inFolder(async (folder) => {
      const { machine } = machineIn(folder);
      await machine.start('scan', () => node('setInterval(() => {}, 1000)'));
      const { machine: other } = machineIn(folder);
      expect(await other.state('scan')).toMatchObject({ kind: 'running' });
      await machine.close();
    }),
  );

  it.each(['', '{', '[]', '{"schema":"scangate.program/9"}', '{"schema":"scangate.program/1","status":"0"}'])(
    'are no end when their record is damaged: %j',
    async (text) => {
      await inTemporaryFolder(async (folder) => {
        const { machine } = machineIn(folder);
        await machine.start('scan', () => node(''));
        await ended(machine, 'scan');
        writeFileSync(join(folder, treeOf(folder).find((name) => name.endsWith('end.json')) ?? ''), text);
        expect(await errorOf(machineIn(folder).machine.state('scan'))).toMatchObject({
          code: 'SCANGATE_STATE_UNREADABLE',
        });
      });
    },
  );
});

describe('files of a program', () => {
  it(
    'are read from its own folder alone, and through no link',
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'secret'), 'not yours');
      const { machine } = machineIn(folder);
      let own = '';
      await machine.start('scan', (files) => {
        own = files;
        mkdirSync(join(files, 'deep'));
        writeFileSync(join(files, 'deep/report.json'), 'yes');
        symlinkSync(join(folder, 'secret'), join(files, 'link'));
        symlinkSync(folder, join(files, 'away'));
        return node('');
      });
      await ended(machine, 'scan');
      expect(await machine.files('scan')).toEqual([{ path: 'deep/report.json', bytes: 3 }]);
      expect(await textOf(machine.open('scan', 'deep/report.json'))).toBe('yes');
      const escapes = [
        'link',
        'away/secret',
        '../start.json',
        '../../../../secret',
        `${own}/deep/report.json`,
        'deep',
        '',
      ];
      for (const path of [...escapes, './deep/report.json', 'deep//report.json', 'deep\\report.json', 'none']) {
        expect(await errorOf(textOf(machine.open('scan', path))), path).toMatchObject({
          code: 'SCANGATE_REPORT_MISSING',
        });
      }
    }),
  );
});
