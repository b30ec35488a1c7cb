import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, isInRange, parseVersionRange } from '../../src/policy/version-range.js';

describe('compareVersions', () => {
  it.each([
    ['1.0', '1.0.0', undefined, 0],
    ['1.2.3', '1.10.0', undefined, -1],
    ['2.0.0-rc1', '2.0.0', undefined, -1],
    ['v1.2.3', '1.2.3', 'npm', 0],
    ['1.1.1n-0+deb11u3', '1.1.1n-0+deb11u10', 'debian', -1],
    ['1:0.9', '2.0', 'debian', 1],
    ['1.0~rc1-1', '1.0-1', 'debian', -1],
    ['1.0-1', '1.0-1ubuntu1', 'ubuntu', -1],
    ['2.34-210.el9', '2.34-60.el9', 'redhat', 1],
    ['3.0.7-r2', '3.0.7-r10', 'alpine', -1],
    ['10.1.49', '9.0.109', 'jar', 1],
    ['1.0.0.Final', '1.0.1.Final', 'jar', -1],
  ])('%s against %s (%s)', (a, b, ecosystem, expected) => {
    expect(Math.sign(compareVersions(a, b, ecosystem))).toBe(expected);
    expect(Math.sign(compareVersions(b, a, ecosystem))).toBe(expected === 0 ? 0 : -expected);
  });

  it('is an order', () => {
    const version = fc.stringMatching(/^[0-9][0-9a-z.~+-]{0,8}$/);
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(compareVersions(a, a, 'debian')).toBe(0);
        expect(Math.sign(compareVersions(a, b, 'debian'))).toBe(0 - Math.sign(compareVersions(b, a, 'debian')));
        if (compareVersions(a, b, 'debian') <= 0 && compareVersions(b, c, 'debian') <= 0) {
          expect(compareVersions(a, c, 'debian')).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});

describe('parseVersionRange', () => {
  it.each(['', ' ', '>=', 'abc', '1.0 ||', '>> 1', '<1 || >='])('refuses %j', (text) => {
    expect(parseVersionRange(text)).toBeUndefined();
  });

  it.each([
    ['1.2.3', '1.2.3', true],
    ['=1.2.3', '1.2.4', false],
    ['!=1.2.3', '1.2.4', true],
    ['>= 1.0, < 2.0', '1.5.0', true],
    ['>=1.0 <2.0', '2.0.0', false],
    ['<1.0 || >=3', '3.1.0', true],
    ['<= 1.0', '1.0', true],
    ['>1.0', '1.0', false],
  ])('%s holds %s: %s', (text, version, expected) => {
    expect(isInRange(version, parseVersionRange(text) ?? [], undefined)).toBe(expected);
  });
});
