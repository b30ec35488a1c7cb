import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../src/fingerprint.js';
import type { Location, RawFinding } from '../src/model/finding.js';

const raw = (location: Location, more: Partial<RawFinding> = {}): RawFinding => ({
  vulnerability: { source: 'demo', id: 'D-1', title: 'a flaw' },
  kind: 'confirmed',
  severity: 'high',
  location,
  ...more,
});
const print = (finding: RawFinding, target = 'shop'): string => fingerprintOf(finding, 'demo', target);

const text = fc.string({ minLength: 1, maxLength: 12 });
const location: fc.Arbitrary<Location> = fc.oneof(
  fc.record({
    kind: fc.constant('file' as const),
    path: text,
    line: fc.nat(),
    resource: fc.option(text, { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('package' as const),
    name: text,
    version: text,
    layer: text,
    artifact: text,
    path: fc.option(text, { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('web' as const),
    url: fc.webUrl({ withQueryParameters: true }),
    parameter: fc.option(text, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('host' as const), host: text, port: fc.integer({ min: 1, max: 65_535 }) }),
  fc.record({ kind: fc.constant('control' as const), control: text, subject: text }),
);

/** The same place as another scan of another day would name it. */
const moved = (place: Location): Location => {
  if (place.kind === 'file') return { ...place, line: (place.line ?? 0) + 7, endLine: 99 };
  if (place.kind === 'package') return { ...place, version: '9.9', layer: 'sha256:other', artifact: 'shop:2' };
  if (place.kind === 'web') return { ...place, url: `${place.url?.split('#')[0]}#other` };
  return place;
};

describe('fingerprint', () => {
  it('is 32 hex digits', () => {
    fc.assert(
      fc.property(location, (place) => {
        expect(print(raw(place))).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
  });

  it('stays the same when line, version, layer, dates, severity and texts change', () => {
    fc.assert(
      fc.property(location, (place) => {
        const later = raw(moved(place), {
          severity: 'low',
          firstSeen: '2026-01-01T00:00:00Z',
          lastSeen: '2026-02-02T00:00:00Z',
          status: 'active',
          description: 'reworded',
          evidence: 'scan 4711',
          vulnerability: { source: 'demo', id: 'D-1', title: 'reworded', aliases: ['CVE-2099-0001'] },
        });
        expect(print(later)).toBe(print(raw(place)));
      }),
    );
  });

  it('does not depend on the findings around it', () => {
    fc.assert(
      fc.property(fc.array(location, { minLength: 2, maxLength: 6 }), (places) => {
        const forward = places.map((place) => print(raw(place)));
        expect(places.toReversed().map((place) => print(raw(place)))).toEqual(forward.toReversed());
      }),
    );
  });

  it('tells vulnerability, target and place apart', () => {
    const base = raw({ kind: 'file', path: 'a.tf' });
    const others = [
      print(base, 'other'),
      print(raw({ kind: 'file', path: 'b.tf' })),
      print(raw({ kind: 'file', path: 'a.tf', resource: 'bucket' })),
      print(raw({ kind: 'file', path: 'a.tf' }, { vulnerability: { source: 'demo', id: 'D-2', title: 'x' } })),
      print(raw({ kind: 'file', path: 'a.tf' }, { vulnerability: { source: 'else', id: 'D-1', title: 'x' } })),
      print(raw({ kind: 'web', url: 'https://shop.example/a?id=1' })),
      print(raw({ kind: 'web', url: 'https://shop.example/a?name=1' })),
    ];
    expect(new Set([print(base), ...others]).size).toBe(others.length + 1);
    expect(print(raw({ kind: 'web', url: 'https://shop.example/a?id=2#x' }))).toBe(others[5]);
  });

  it('takes the id of the source in place of the location, where there is one', () => {
    const here = print(raw({ kind: 'web', url: 'https://a.example/' }, { identity: 'guid-1' }));
    expect(print(raw({ kind: 'web', url: 'https://b.example/' }, { identity: 'guid-1' }))).toBe(here);
    expect(print(raw({ kind: 'web', url: 'https://a.example/' }, { identity: 'guid-2' }))).not.toBe(here);
  });
});
