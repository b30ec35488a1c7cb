import { describe, expect, it } from 'vitest';
import { markdown } from '../../src/reporters/markdown.js';
import { buildJudgement, buildRawFinding, type JudgementSketch } from '../../src/testing/builders.js';
import { renderReport } from '../../src/testing/describe-reporter.js';
import { SITUATIONS } from '../../src/testing/situations.js';

const render = async (sketch: JudgementSketch): Promise<string> => renderReport(markdown, await buildJudgement(sketch));
const cellsOf = (row: string): number => row.split('|').length - 2;

const rules = (length: number) =>
  Array.from({ length }, (_, index) => ({ name: `${index} ${'#'.repeat(150)}`, select: { severity: 'high' }, max: 0 }));

describe('markdown', () => {
  it.each(SITUATIONS)('has as many cells in each row as its table has columns: $name', async ({ build }) => {
    const tables = renderReport(markdown, await build())
      .split('\n\n')
      .map((block) => block.split('\n').filter((line) => line.startsWith('|')));
    for (const [head, ...rows] of tables) {
      for (const row of rows) expect(cellsOf(row)).toBe(cellsOf(head ?? ''));
    }
  });

  it('begins with the verdict', async () => {
    const text = await render({
      policy: { rules: rules(1) },
      targets: [{ name: 'shop', findings: [buildRawFinding()] }],
    });
    expect(text.split('\n').slice(0, 3)).toEqual(['# scangate: FAIL', '', '**1 of 1 rule is violated**']);
  });

  it('keeps to its size with whole rows, and says what it left out', async () => {
    const hostile = '<|>'.repeat(100);
    const findings = Array.from({ length: 100 }, () =>
      buildRawFinding({ remediation: hostile, vulnerability: { source: 'x', id: hostile, title: hostile } }),
    );
    const problems = Array.from({ length: 3 }, () => ({
      code: 'SCANGATE_SCAN_INCOMPLETE',
      message: hostile,
      mend: hostile,
    }));
    const targets = Array.from({ length: 200 }, (_, index) => ({
      name: `${index} ${hostile}`,
      findings: index === 0 ? findings : [],
      statement: { problems },
    }));
    const text = await render({ policy: { rules: rules(300) }, targets });
    expect(text.length).toBeLessThanOrEqual(60_000);
    for (const what of ['rules', 'reasons', 'targets', 'findings']) {
      expect(text).toMatch(new RegExp(`_\\d+ more ${what} not shown: this summary is limited to 60000 characters`));
    }
    for (const line of text.split('\n')) if (line.startsWith('|')) expect(line.endsWith('|')).toBe(true);
  });

  it('says how many findings of a rule stand elsewhere', async () => {
    const text = await render({
      policy: { rules: rules(1) },
      targets: [{ name: 'shop', findings: Array.from({ length: 30 }, () => buildRawFinding()) }],
    });
    expect(text).toContain('and 10 more; all are in findings.ndjson');
  });
});
