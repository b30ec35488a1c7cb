import { expect, test } from 'vitest';
import { COVERED, DEVIATIONS, GAPS } from '../src/coverage.js';
import { ROUTES } from '../src/routes/index.js';

const names = ROUTES.map(({ name }) => name);

test('every documented route is registered, and every registered route is documented', () => {
  expect([...names].sort()).toEqual(COVERED.map(({ route }) => route).sort());
});

test('a route stands in the table once, and is not a gap as well', () => {
  const rows = [...COVERED, ...GAPS].map(({ route }) => route);
  expect(new Set(rows).size).toBe(rows.length);
});

test('every gap and every deviation says why', () => {
  for (const { reason } of GAPS) expect(reason.length).toBeGreaterThan(20);
  for (const deviation of DEVIATIONS) expect(deviation).toMatch(/\.$/);
});
