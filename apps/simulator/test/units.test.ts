import { describe, expect, test } from 'vitest';
import { createClock, isoSeconds } from '../src/clock.js';
import {
  bareList,
  countedList,
  encoded,
  flag,
  group,
  longList,
  number,
  quoted,
  recordJson,
  recordXml,
  text,
} from '../src/envelopes/record.js';
import { cdata, el, escapeXml, renderElement } from '../src/envelopes/xml.js';
import { mix, pick, stableGuid } from '../src/hash.js';
import { createLimits, SERVICE_LEVELS } from '../src/limits.js';
import type { Scan } from '../src/model.js';
import { readCommandLine, UsageError } from '../src/options.js';
import { scanState } from '../src/scan-state.js';
import { readSeed, UnknownSeed } from '../src/seed.js';
import { parseXml, textOf } from './support/xml.js';

describe('the clock', () => {
  test('runs at its speed and can be pushed', () => {
    let wall = 1000;
    const clock = createClock({ speed: 60, start: 0, wall: () => wall });
    wall += 1000;
    expect(clock.now()).toBe(60_000);
    clock.advance(30);
    expect(clock.now()).toBe(90_000);
    expect(clock.wallSeconds(3600)).toBe(60);
    expect(isoSeconds(90_500)).toBe('1970-01-01T00:01:30Z');
  });
});

describe('writing XML', () => {
  test('escapes, and leaves out what XML forbids', () => {
    expect(escapeXml(`<a b="c" d='e'>&\u0000\u001b[31m\ufffe`)).toBe(
      '&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;[31m',
    );
  });

  test('survives the end of a CDATA section inside one', () => {
    const value = 'a]]>b<c>&';
    expect(textOf(parseXml(renderElement(el('a', [el('b', cdata(value))]))).root, 'b')).toBe(value);
  });

  test('writes an empty element', () => {
    expect(renderElement(el('list', []))).toBe('<list/>\n');
  });
});

describe('a record', () => {
  const record = group([
    ['id', number(7)],
    ['name', quoted('a<b')],
    ['severity', text('2')],
    ['potential', flag(true)],
    ['absent', undefined],
    ['cwe', countedList('long', [number(79)])],
    ['tags', countedList('Tag', [])],
    ['bare', bareList('list', 'EC2Tag', [])],
    ['result', encoded('eA==')],
    ['response', encoded('eA==', 'x')],
    ['vulns', longList('WasScanVuln', 2, () => [group([['qid', number(1)]]), group([['qid', number(2)]])])],
    ['igs', longList('WasScanIg', 0, () => [])],
  ]);

  test('in XML', () => {
    expect([...recordXml('R', record, 0)].join('')).toBe(`<R>
  <id>7</id>
  <name><![CDATA[a<b]]></name>
  <severity>2</severity>
  <potential>true</potential>
  <cwe>
    <count>1</count>
    <list>
      <long>79</long>
    </list>
  </cwe>
  <tags>
    <count>0</count>
  </tags>
  <bare>
    <list/>
  </bare>
  <result base64="true"><![CDATA[eA==]]></result>
  <response base64="true"><![CDATA[eA==]]></response>
  <vulns>
    <count>2</count>
    <list>
      <WasScanVuln>
        <qid>1</qid>
      </WasScanVuln>
      <WasScanVuln>
        <qid>2</qid>
      </WasScanVuln>
    </list>
  </vulns>
  <igs>
    <count>0</count>
  </igs>
</R>
`);
  });

  test('in JSON', () => {
    expect(JSON.parse([...recordJson('R', record, { collapseSingle: false })].join(''))).toEqual({
      R: {
        id: 7,
        name: 'a<b',
        severity: '2',
        potential: 'true',
        cwe: { count: 1, list: [79] },
        tags: { count: 0 },
        bare: { list: [] },
        result: 'eA==',
        response: 'x',
        vulns: { count: 2, list: [{ WasScanVuln: { qid: 1 } }, { WasScanVuln: { qid: 2 } }] },
        igs: { count: 0 },
      },
    });
  });
});

describe('deterministic numbers', () => {
  test('are the same every time, and GUIDs are well formed', () => {
    expect(mix('a', 1)).toBe(mix('a', 1));
    expect(mix('a', 1)).not.toBe(mix('a', 2));
    expect(stableGuid('finding', 7)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(() => pick([], 'x', 0)).toThrow(RangeError);
  });

  test('make two hundred thousand unique ids', () => {
    const guids = new Set(Array.from({ length: 20_000 }, (_, index) => stableGuid('finding', index)));
    expect(guids.size).toBe(20_000);
  });

  test('make the same subscription from the same seed', () => {
    const seed = () => JSON.stringify(readSeed('demo', 0).webApps);
    expect(seed()).toBe(seed());
  });
});

describe('limits', () => {
  test('roll: the oldest call leaves the window first', () => {
    let now = 0;
    const clock = { speed: 1, now: () => now, advance: () => {}, wallSeconds: Math.ceil };
    const limits = createLimits(clock, { concurrency: 2, calls: 2, windowSeconds: 10 });
    const enter = (): string => {
      const admission = limits.enter('x');
      if (admission.kind === 'admitted') admission.leave();
      return `${admission.kind} ${admission.usage.waitSeconds}`;
    };
    expect([enter(), enter(), enter()]).toEqual(['admitted 0', 'admitted 0', 'rate 10']);
    now = 9000;
    expect(enter()).toBe('rate 1');
    now = 10_000;
    expect(enter()).toBe('admitted 0');
    expect(SERVICE_LEVELS.standard).toEqual({ concurrency: 2, calls: 300, windowSeconds: 3600 });
  });
});

describe('the state of a scan', () => {
  const scan: Scan = {
    id: 1,
    name: 's',
    reference: 'was/1.1',
    type: 'VULNERABILITY',
    mode: 'API',
    multi: false,
    webAppId: 1,
    profileId: 1,
    scanner: { type: 'EXTERNAL' },
    options: [],
    launched: 0,
    pace: { queueSeconds: 10, runSeconds: 100, settleSeconds: 20 },
    outcome: { kind: 'good' },
    authWord: 'NONE',
  };
  const at = (seconds: number, more: Partial<Scan> = {}): string => {
    const { status, resultsStatus } = scanState({ ...scan, ...more }, seconds * 1000);
    return `${status}/${resultsStatus}`;
  };

  test.each([
    [0, 'SUBMITTED/SUBMITTED'],
    [9.9, 'SUBMITTED/SUBMITTED'],
    [10, 'RUNNING/RUNNING'],
    [109.9, 'RUNNING/RUNNING'],
    [110, 'FINISHED/TO_BE_PROCESSED'],
    [115, 'FINISHED/PROCESSING'],
    [130, 'FINISHED/SUCCESSFUL'],
  ])('after %d seconds', (seconds, expected) => {
    expect(at(seconds)).toBe(expected);
  });

  test('a cancellation after the end changes nothing', () => {
    expect(at(200, { cancelledAt: 150_000 })).toBe('FINISHED/SUCCESSFUL');
  });

  test('a cancelled scan that waited for another one never started', () => {
    const before = { ...scan, outcome: { kind: 'stuck' } } as const;
    const state = scanState({ ...scan, after: before, cancelledAt: 5000 }, 60_000);
    expect([state.status, state.started, state.progress]).toEqual(['CANCELED', undefined, 0]);
  });
});

describe('the command line', () => {
  test('has defaults', () => {
    const { simulator, exitWithParent, help } = readCommandLine([], 1_700_000_000_999);
    expect(simulator).toMatchObject({
      port: 0,
      host: '127.0.0.1',
      tls: false,
      speed: 60,
      faults: [],
      start: 1_700_000_000_000,
    });
    expect([exitWithParent, help]).toEqual([false, false]);
  });

  test('takes everything', () => {
    const args =
      '--port 8000 --seed demo,findings=9 --tls --speed 1000 --start 2026-11-02T09:00:00Z --fault html-error';
    const { simulator, exitWithParent } = readCommandLine(
      [...args.split(' '), '--fault', 'concurrency=2', '--exit-with-parent'],
      0,
    );
    expect(simulator).toMatchObject({ port: 8000, tls: true, speed: 1000, faults: ['html-error', 'concurrency=2'] });
    expect(exitWithParent).toBe(true);
  });

  test.each([
    ['--colour'],
    ['--port', 'x'],
    ['--port', '1.5'],
    ['--port', '70000'],
    ['--speed', '0'],
    ['--start', 'soon'],
  ])('refuses %s %s', (...args) => {
    expect(() => readCommandLine(args.filter(Boolean), 0)).toThrow(UsageError);
  });
});

describe('seeds', () => {
  test.each([
    'other',
    'demo,colour=red',
    'demo,findings=0',
    'demo,findings=x',
    'demo,busy=maybe',
    'demo,service=golden',
  ])('%s is refused', (seed) => {
    expect(() => readSeed(seed, 0)).toThrow(UnknownSeed);
  });

  test('change what they name', () => {
    const seed = readSeed('demo,findings=12,minutes=40,busy=queue,service=premium,account=expired', 0);
    expect(seed.findings.find(({ webAppId }) => webAppId === 1005)?.size).toBe(12);
    expect(seed.webApps.every(({ pace }) => pace.runSeconds === 2400)).toBe(true);
    expect([seed.whenBusy, seed.service.calls, seed.account.state]).toEqual(['queue', 2000, 'expired']);
  });
});
