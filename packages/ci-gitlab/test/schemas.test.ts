import { buildMany, buildTextDelivery, deliveryFixtures, toDelivery } from '@scangate/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasSchemas, JSON_REPORTS, judged, NO_SCHEMAS, render, schemaErrors } from './support.js';

const FILES = JSON_REPORTS.map((reporter) => [reporter.fileName, reporter] as const);

describe("GitLab's schemas", () => {
  it.for(FILES)('take %s of every verdict', async ([fileName, reporter], { skip }) => {
    skip(!hasSchemas, NO_SCHEMAS);
    for (const { name, build } of deliveryFixtures()) {
      const value: unknown = JSON.parse(render(reporter, await build()));
      expect(schemaErrors(fileName, value), name).toEqual([]);
    }
  });

  it.for(FILES)('take %s whatever a report says', async ([fileName, reporter], { skip }) => {
    skip(!hasSchemas, NO_SCHEMAS);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), async (text) => {
        const value: unknown = JSON.parse(render(reporter, await buildTextDelivery([text])));
        expect(schemaErrors(fileName, value)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it.for(FILES)('take %s of long texts that grow by escaping', async ([fileName, reporter], { skip }) => {
    skip(!hasSchemas, NO_SCHEMAS);
    for (const text of ['&#'.repeat(4_000), ' x'.repeat(9_000), '\n'.repeat(9_000), '😀'.repeat(4_000)]) {
      const value: unknown = JSON.parse(render(reporter, toDelivery(await buildMany(20, text))));
      expect(schemaErrors(fileName, value)).toEqual([]);
    }
  });

  it('refuse what they must', async ({ skip }) => {
    skip(!hasSchemas, NO_SCHEMAS);
    const [, sast] = FILES.find(([name]) => name === 'gl-sast-report.json') ?? [];
    if (!sast) throw new Error('there is no SAST report');
    const report = JSON.parse(render(sast, await judged([{ location: { kind: 'file', path: 'a.ts' } }]))) as {
      scan: { start_time: string };
    };
    expect(schemaErrors('gl-sast-report.json', report)).toEqual([]);
    report.scan.start_time += 'Z';
    expect(schemaErrors('gl-sast-report.json', report)).not.toEqual([]);
    expect(schemaErrors('gl-code-quality-report.json', [{ description: 'x' }])).not.toEqual([]);
  });
});
