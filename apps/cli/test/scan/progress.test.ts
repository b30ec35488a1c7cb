import type { ScanEvent } from '@scangate/core/scan';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/context.js';
import { createInterruption } from '../../src/interruption.js';
import { ProgressDisplay } from '../../src/scan/progress.js';
import { Secrets } from '../../src/secrets.js';
import { collector } from '../support/cli.js';

const facts = { state: 'RUNNING', elapsedMs: 60_000, linksCrawled: 7, nextMs: 30_000 };
const progress = (isNews: boolean): ScanEvent => ({
  kind: 'progress',
  target: 'shop',
  text: 'RUNNING, 1m elapsed, 7 links crawled, next look in 30s',
  facts,
  isNews,
});

function displayOn(isTTY: boolean, isQuiet = false) {
  const stdout = collector();
  const stderr = collector();
  const ticks: (() => void)[] = [];
  let nowMs = 0;
  const context = {
    process: { stdout: { ...stdout, isTTY }, stderr },
    env: { SCANGATE_QUALYS_PASSWORD: 'hunter2-hunter2' },
    now: () => new Date(nowMs),
    sleep: () => new Promise<void>((resolve) => ticks.push(resolve)),
  } as unknown as Context;
  const display = new ProgressDisplay(context, new Secrets(context.env), isQuiet);
  const tick = async (ms: number): Promise<void> => {
    nowMs += ms;
    ticks.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { display, stdout, stderr, tick };
}

describe('ProgressDisplay', () => {
  it('writes one line over and over on a terminal', async () => {
    const { display, stdout, tick } = displayOn(true);
    display.show(progress(false));
    await tick(5_000);
    display.end();
    const clear = '\r\u001b[2K';
    expect(stdout.text()).toBe(
      `${clear}shop: RUNNING, 1m elapsed, 7 links crawled, next look in 30s${clear}shop: RUNNING, 1m 5s elapsed, 7 links crawled, next look in 25s${clear}`,
    );
  });

  it('writes plain lines of news elsewhere', () => {
    const { display, stdout } = displayOn(false);
    display.show(progress(false));
    display.show(progress(true));
    expect(stdout.text()).toBe('shop: RUNNING, 1m elapsed, 7 links crawled, next look in 30s\n');
  });

  it('keeps a quiet run alive on standard error', () => {
    const { display, stdout, stderr } = displayOn(true, true);
    display.show({ ...progress(true), kind: 'heartbeat' });
    expect([stdout.text(), stderr.text().split('\n').length]).toEqual(['', 2]);
  });

  it('shows neither secrets nor what a scanned site made of a terminal', () => {
    const { display, stdout } = displayOn(false);
    display.show({ kind: 'trouble', target: 'shop', text: 'a \u001b[31mhunter2-hunter2\nb', isNews: true });
    expect(stdout.text()).toMatch(/^shop: a .*\[redacted\].*b\n$/);
    expect(stdout.text()).not.toContain('\u001b');
  });
});

describe('signals', () => {
  it('abort at the first and end the process at the second', () => {
    const listeners: Record<string, () => void> = {};
    const exits: number[] = [];
    const interruption = createInterruption({
      on: (name, listener) => {
        listeners[name] = listener;
      },
      exit: (code) => exits.push(code),
    });
    expect(Object.keys(listeners)).toEqual([]);
    const signal = interruption.listen((name) => new Error(name));
    listeners.SIGTERM?.();
    expect([signal.aborted, signal.reason.message, interruption.exit(), exits]).toEqual([
      true,
      'SIGTERM',
      'terminated',
      [],
    ]);
    listeners.SIGINT?.();
    expect(exits).toEqual([143]);
  });
});
