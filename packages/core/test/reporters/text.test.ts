import { describe, expect, it } from 'vitest';
import { text } from '../../src/reporters/text.js';
import { buildJudgement, buildRawFinding } from '../../src/testing/builders.js';
import { renderReport } from '../../src/testing/describe-reporter.js';

const RULE = { name: 'no highs', select: { severity: 'high' }, max: 0 };

describe('text', () => {
  it('shows 20 findings of a rule and says how many more there are', async () => {
    const findings = Array.from({ length: 150 }, () => buildRawFinding());
    const shown = renderReport(
      text,
      await buildJudgement({ policy: { rules: [RULE] }, targets: [{ name: 'shop', findings }] }),
    );
    expect(shown.match(/fix:/g)).toHaveLength(20);
    expect(shown).toContain('    and 130 more; all are in findings.ndjson\n');
  });

  it('names waivers and baseline', async () => {
    const { judgement, ...rest } = await buildJudgement({ policy: { rules: [RULE] }, targets: [{ name: 'shop' }] });
    const waivers = { used: [{ id: 'W-1', count: 1 }], expired: [], unused: [] };
    const shown = renderReport(text, {
      ...rest,
      judgement: { ...judgement, verdict: { ...judgement.verdict, waivers } },
    });
    expect(shown).toContain('\nAccepted\n  1 waiver used, 0 expired, 0 unused\n');
  });
});
