import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPORTERS, reporterOf } from '../../src/reporters/index.js';
import { describeReporter, type GoldenFiles } from '../../src/testing/describe-reporter.js';
import { SITUATIONS } from '../../src/testing/situations.js';

const GOLDEN = join(import.meta.dirname, '..', 'golden');
const ROOM = join(import.meta.dirname, '..', '..', 'src', 'reporters');

function write(path: string, text: string): void {
  const file = join(GOLDEN, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const golden: GoldenFiles = {
  read: (path) => (existsSync(join(GOLDEN, path)) ? readFileSync(join(GOLDEN, path), 'utf8') : undefined),
  write: process.env.SCANGATE_UPDATE_GOLDEN === '1' ? write : undefined,
};

/** What the issue promises of each file; findings.ndjson and verdict.json hold everything. */
const MAX_CHARS: Record<string, number> = { ndjson: 80_000_000, junit: 30_000_000, markdown: 60_000, text: 5_000_000 };

for (const reporter of REPORTERS) {
  const maxChars = MAX_CHARS[reporter.format];
  describeReporter(reporter, { golden, ...(maxChars === undefined ? {} : { maxChars }) });
}

describe('registry of reporters', () => {
  it('equals the folder', () => {
    const shared = ['describe.ts', 'escape', 'index.ts', 'reporter.ts'];
    const formats = readdirSync(ROOM)
      .filter((name) => !shared.includes(name))
      .map((name) => name.replace(/\.tsx?$/, ''));
    expect(REPORTERS.map(({ format }) => format)).toEqual(formats.toSorted());
  });

  it('finds a reporter by its format', () => {
    expect(reporterOf('junit')?.fileName).toBe('junit.xml');
    expect(reporterOf('pdf')).toBeUndefined();
  });

  it('has a golden file for each situation and no other', () => {
    for (const { format } of REPORTERS) {
      const names = readdirSync(join(GOLDEN, format)).map((name) => name.slice(0, name.lastIndexOf('.')));
      expect(names.toSorted()).toEqual(SITUATIONS.map(({ name }) => name).toSorted());
    }
  });
});
