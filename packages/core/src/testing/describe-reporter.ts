import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { REPORTERS } from '../reporters/index.js';
import type { Reporter } from '../reporters/reporter.js';
import { type BuiltJudgement, buildJudgement, buildRawFinding } from './builders.js';
import { HOSTILE_TEXTS } from './hostile.js';
import { hostileSketch, SITUATIONS } from './situations.js';

/** Where expected files are kept. The suite touches no disk itself. */
export interface GoldenFiles {
  /** Path: `junit/pass.xml`. Undefined when there is none. */
  read(path: string): string | undefined;
  /** Present only when golden files are to be written anew. */
  write?: ((path: string, text: string) => void) | undefined;
}

export interface ReporterContract {
  golden: GoldenFiles;
  /** Of a report over 5,000 findings. Default 10,000,000. */
  maxChars?: number;
}

/** The whole report, as it would stand in its file. */
export function renderReport(reporter: Reporter, { ruleNames, findings, judgement }: BuiltJudgement): string {
  const writer = reporter.create({ toolVersion: '0.1.0', ruleNames });
  const pieces = findings.map((finding) => writer.add?.(finding) ?? '');
  return [...pieces, ...writer.end(judgement)].join('');
}

const RAW_CONTROLS = /[^\P{Cc}\n]/u;
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;
const CI_COMMANDS = /^\s*::|##(?:teamcity|vso)?\[|section_(?:start|end):|\[\[ATTACHMENT\|/im;

/** Throws unless the text can be printed into any CI tool's log. */
export function expectHarmless(text: string): void {
  expect(text).not.toMatch(RAW_CONTROLS);
  expect(text).not.toMatch(DIRECTIONS);
  expect(text).not.toMatch(/\p{Surrogate}/u);
  expect(text).not.toMatch(CI_COMMANDS);
}

function parseXml(text: string): void {
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(text).close();
}

const PARSERS: Record<string, (text: string) => void> = {
  json: (text) => void JSON.parse(text),
  sarif: (text) => void JSON.parse(text),
  ndjson: (text) => {
    expect(text === '' || text.endsWith('\n')).toBe(true);
    for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
  },
  xml: parseXml,
  // Written so that it is well formed XML too, but for `]]>`, which is plain text in HTML: what escaped from its place
  // would show.
  html: (text) => parseXml(text.replaceAll(']]>', ']]&gt;')),
};

const extensionOf = ({ fileName }: Reporter): string => fileName.slice(fileName.lastIndexOf('.') + 1);

const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary', maxLength: 8 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text.trim() !== '');

/** The contract of a reporter, run over every member of the registry. */
export function describeReporter(reporter: Reporter, { golden, maxChars = 10_000_000 }: ReporterContract): void {
  const extension = extensionOf(reporter);
  const parse = PARSERS[extension] ?? (() => {});

  describe(`reporter ${reporter.format}`, () => {
    it('stands in the registry, in alphabetical order, with a file name of its own', () => {
      expect(REPORTERS).toContain(reporter);
      expect(REPORTERS.map(({ format }) => format)).toEqual(REPORTERS.map(({ format }) => format).toSorted());
      expect(REPORTERS.filter(({ fileName }) => fileName === reporter.fileName)).toEqual([reporter]);
    });

    it.each(SITUATIONS)('writes what is expected: $name', async ({ name, build }) => {
      const text = renderReport(reporter, await build());
      const path = `${reporter.format}/${name}.${extension}`;
      golden.write?.(path, text);
      expect(text).toBe(golden.read(path));
    });

    it.each(SITUATIONS)('writes the same bytes twice, well formed and harmless: $name', async ({ build }) => {
      const text = renderReport(reporter, await build());
      expect(renderReport(reporter, await build())).toBe(text);
      parse(text);
      expectHarmless(text);
    });

    it('stays well formed and harmless whatever a report says', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(hostileText, { minLength: 1, maxLength: 3 }), async (texts) => {
          const text = renderReport(reporter, await buildJudgement(hostileSketch(texts)));
          parse(text);
          expectHarmless(text);
        }),
        { numRuns: 60 },
      );
    });

    it('holds 5,000 findings with long texts within its limits', async () => {
      const long = { description: 'd'.repeat(5000), remediation: 'r'.repeat(5000) };
      const findings = Array.from({ length: 5000 }, (_, index) =>
        buildRawFinding({
          severity: 'critical',
          ...long,
          vulnerability: { source: 'nvd', id: `CVE-2099-${index}`, title: 't'.repeat(3000) },
        }),
      );
      const rules = Array.from({ length: 40 }, (_, index) => ({
        name: `rule ${index}`,
        select: { severity: { atLeast: 'low' } },
        max: 0,
      }));
      const text = renderReport(
        reporter,
        await buildJudgement({ policy: { rules }, targets: [{ name: 'shop', findings }] }),
      );
      parse(text);
      expect(text.length).toBeLessThanOrEqual(maxChars);
    });
  });
}
