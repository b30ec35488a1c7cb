import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { parseConfig } from '../../../src/config/index.js';
import type { QualysWasTarget } from '../../../src/config/targets/qualys-was.js';
import { uniqueName } from '../../../src/scanners/qualys-scan-name.js';
import { hoursOf, type WasTarget } from '../../../src/scanners/qualys-was/target.js';

const words = { target: 'shop-web', runId: 'r-7f3a', date: '2031-02-03' };

describe('the name of a scan', () => {
  it('ends with the id of the run', () => {
    expect(uniqueName('Nightly {target}', words)).toBe('Nightly shop-web r-7f3a');
  });

  it('holds it where the template says so, and once', () => {
    expect(uniqueName('{runId} {target} {date}', words)).toBe('r-7f3a shop-web 2031-02-03');
  });

  it('leaves out macros without a value', () => {
    expect(uniqueName(undefined, words)).toBe('scangate shop-web r-7f3a');
    expect(uniqueName(undefined, { ...words, branch: 'main', build: '412' })).toBe('scangate shop-web main 412 r-7f3a');
  });

  it('leaves words in other braces alone', () => {
    expect(uniqueName('{tenant} {target}', words)).toBe('{tenant} shop-web r-7f3a');
  });

  it('is cut before the id, never in it', () => {
    const name = uniqueName('x'.repeat(400), words);
    expect(name).toHaveLength(256);
    expect(name.endsWith('x r-7f3a')).toBe(true);
    expect(uniqueName(`{runId} ${'x'.repeat(400)}`, words).endsWith('x r-7f3a')).toBe(true);
  });

  it('has no half characters and no controls', () => {
    const name = uniqueName('😀'.repeat(200), words);
    expect(name.isWellFormed()).toBe(true);
    expect(uniqueName('a\u0000b\n\u202Ec', words)).toBe('a b c r-7f3a');
  });

  it('does not read macros out of values', () => {
    expect(uniqueName('{branch}', { ...words, branch: '{date}$&' })).toBe('{date}$& r-7f3a');
  });
});

it('reads hours and days', () => {
  expect(['1h', '24h', '2d'].map(hoursOf)).toEqual([1, 24, 48]);
});

describe('the target in the configuration', () => {
  const parse = (target: string): z.infer<typeof QualysWasTarget> => {
    const { targets } = parseConfig(`version: 1\ntargets:\n  shop-web: ${target}\n`, 'scangate.yml', {});
    return targets?.['shop-web'] as z.infer<typeof QualysWasTarget>;
  };
  const mistake = (target: string): string => {
    try {
      parse(target);
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('has the form that the scanner takes', () => {
    const target: WasTarget = parse(
      '{ scanner: qualys-was, webApp: "Shop (staging)", optionProfile: default, authRecord: default, wait: 6h }',
    );
    expect(target).toEqual({
      scanner: 'qualys-was',
      webApp: 'Shop (staging)',
      optionProfile: 'default',
      authRecord: 'default',
      wait: '6h',
    });
  });

  it('takes every setting', () => {
    expect(
      parse(`
    scanner: qualys-was
    webApps: [1001, Handbook]
    webAppTags: { include: [staging, 303], exclude: [public] }
    optionProfile: 9001
    authRecord: none
    scannerTags: ["scanner: office"]
    dnsOverride: Review environments
    type: discovery
    progressive: true
    cancelAfter: 2h
    name: "{target} {branch} {build}"
    wait: { queue: 30m, run: 5h, results: 20m }
    reuse: 24h
    onAbort: keep
    onTimeout: cancel`),
    ).toMatchObject({ webApps: [1001, 'Handbook'], wait: { queue: '30m', run: '5h', results: '20m' }, reuse: '24h' });
    expect(parse('{ scanner: qualys-was, url: "https://review-17.example.test/", create: {} }')).toMatchObject({
      create: {},
    });
  });

  it.each([
    ['nothing to scan', '{ scanner: qualys-was }', 'give one of webApp'],
    ['two ways to say what', '{ scanner: qualys-was, webApp: a, webApps: [b] }', 'give one of webApp'],
    ['an empty list', '{ scanner: qualys-was, webApps: [] }', 'the list is empty'],
    ['url without create', '{ scanner: qualys-was, url: "https://a.example/" }', 'belong together'],
    ['create without url', '{ scanner: qualys-was, webApp: a, create: {} }', 'belong together'],
    ['half hours', '{ scanner: qualys-was, webApp: a, cancelAfter: 30m }', 'whole hours'],
    ['no hours', '{ scanner: qualys-was, webApp: a, cancelAfter: 0h }', 'whole hours'],
    ['two scanners', '{ scanner: qualys-was, webApp: a, scannerAppliance: x, scannerTags: [1] }', 'either'],
    [
      'a default record of a new application',
      '{ scanner: qualys-was, url: "https://a.example/", create: {}, authRecord: default }',
      'no default authentication record',
    ],
    [
      'reuse of a new application',
      '{ scanner: qualys-was, url: "https://a.example/", create: {}, reuse: running }',
      'no scans to reuse',
    ],
    ['a reuse without unit', '{ scanner: qualys-was, webApp: a, reuse: "24" }', 'shop-web.reuse'],
    ['an unknown key', '{ scanner: qualys-was, webapp: a }', 'did you mean "webApp"'],
  ])('refuses %s', (_, target, message) => {
    expect(mistake(target)).toContain(message);
  });
});
