import { gzipSync } from 'node:zlib';
import type { Judgement } from '@scangate/core/model';
import { reporterOf } from '@scangate/core/reporters';
import { type BuiltJudgement, buildJudgement, buildMany, buildRawFinding } from '@scangate/core/testing';
import { describe, expect, it } from 'vitest';

/* What GitHub refuses or cuts without a word, and what is written at the limit. Its pages, read 2026-11-23. */

const SUMMARY_BYTES = 1024 * 1024;
const SARIF_GZIP_BYTES = 10_000_000;
const SARIF_SHOWN_RESULTS = 5_000;
const SARIF_TAGS = 20;

/** A report of the given format, as the program writes it. */
function render(format: string, { judgement, findings }: BuiltJudgement & { judgement: Judgement }): string {
  const writer = reporterOf(format)?.create({
    toolVersion: '1.2.3',
    ruleNames: judgement.verdict.rules.map(({ name }) => name),
  });
  const parts = findings.map((judged) => writer?.add?.(judged) ?? '');
  return [...parts, ...(writer?.end(judgement) ?? [])].join('');
}

interface Log {
  runs: [
    {
      tool: { driver: { rules: { properties: { tags: string[] } }[] } };
      results: { level: string }[];
      invocations: [{ toolExecutionNotifications: { descriptor: { id: string }; message: { text: string } }[] }];
    },
  ];
}

describe('the summary of a job', () => {
  it('stays far below a mebibyte, in letters of three bytes too', async () => {
    const wide = '漢'.repeat(2_000);
    const built = await buildJudgement({
      policy: {
        rules: Array.from({ length: 300 }, (_, index) => ({
          name: `${wide.slice(0, 190)} ${index}`,
          select: { severity: 'critical' },
          max: 0,
        })),
      },
      targets: Array.from({ length: 200 }, (_, index) => ({
        name: `${wide.slice(0, 100)} ${index}`,
        findings: [
          buildRawFinding({ remediation: wide, vulnerability: { source: 'x', id: `${wide} ${index}`, title: wide } }),
        ],
        statement: { problems: [{ code: 'SCANGATE_SCAN_INCOMPLETE' as const, message: wide, mend: wide }] },
      })),
    });
    const bytes = Buffer.byteLength(render('markdown', built));
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(SUMMARY_BYTES / 4);
  });
});

describe('SARIF', () => {
  it('holds as many results as are shown, the most severe ones, and says how many are left out', async () => {
    const built = await buildMany(6_000);
    const text = render('sarif', built);
    const [{ results, tool, invocations }] = (JSON.parse(text) as Log).runs;
    expect(results).toHaveLength(SARIF_SHOWN_RESULTS);
    // A fifth of them each: all that are critical, high and medium, none of which may give way to lower ones.
    expect(results.filter(({ level }) => level === 'error')).toHaveLength(2_400);
    expect(gzipSync(text).length).toBeLessThan(SARIF_GZIP_BYTES);
    for (const { properties } of tool.driver.rules) expect(properties.tags.length).toBeLessThanOrEqual(SARIF_TAGS);
    const notes = invocations[0].toolExecutionNotifications.map(({ message }) => message.text);
    expect(notes).toContainEqual(expect.stringMatching(/limited to what code scanning takes; left out.*1000/));
  });

  it('stays below 10 MB even where nothing of it can be compressed', async () => {
    let state = 7;
    const noise = (): string =>
      Array.from({ length: 1_500 }, () => {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        return String.fromCharCode(0x4e00 + (state % 20_000));
      }).join('');
    const findings = Array.from({ length: 3_000 }, (_, index) =>
      buildRawFinding({
        description: noise(),
        remediation: noise(),
        vulnerability: { source: 'nvd', id: `CVE-2099-${1_000 + index}`, title: noise().slice(0, 300) },
      }),
    );
    const built = await buildJudgement({
      policy: { rules: [{ name: 'none', max: 0 }] },
      targets: [{ name: 'shop', findings }],
    });
    const text = render('sarif', built);
    expect(Buffer.byteLength(text)).toBeGreaterThan(9_000_000);
    expect(Buffer.byteLength(text)).toBeLessThan(SARIF_GZIP_BYTES);
  });
});
