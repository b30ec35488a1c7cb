import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { html } from '../../src/reporters/html/index.js';
import { buildJudgement, buildRawFinding, type JudgementSketch } from '../../src/testing/builders.js';
import { renderReport } from '../../src/testing/describe-reporter.js';
import { HOSTILE_TEXTS } from '../../src/testing/hostile.js';
import { hostileSketch } from '../../src/testing/situations.js';

interface Tag {
  name: string;
  attributes: Record<string, string>;
}

function tagsOf(text: string): Tag[] {
  const tags: Tag[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) =>
    tags.push({ name, attributes: { ...attributes } as Tag['attributes'] }),
  );
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(text.replaceAll(']]>', ']]&gt;')).close();
  return tags;
}

const render = async (sketch: JudgementSketch): Promise<string> => renderReport(html, await buildJudgement(sketch));

const ATTRIBUTES = new Set(['lang', 'charset', 'name', 'content', 'rel', 'href', 'class', 'scope']);

describe('html', () => {
  it('needs nothing that Jenkins keeps from a report: no script, no inline style, nothing from elsewhere', async () => {
    const text = fc.sample(fc.shuffledSubarray([...HOSTILE_TEXTS], { minLength: 3 }), { numRuns: 5, seed: 7 });
    for (const texts of text) {
      const tags = tagsOf(await render(hostileSketch(texts)));
      expect(tags.filter(({ name }) => /^(?:script|style|img|a|iframe|object|form|base|svg)$/.test(name))).toEqual([]);
      const attributes = new Set(tags.flatMap((tag) => Object.keys(tag.attributes)));
      expect([...attributes].filter((name) => !ATTRIBUTES.has(name))).toEqual([]);
      expect(tags.flatMap((tag) => tag.attributes.href ?? [])).toEqual(['report.css']);
    }
  });

  it('brings its stylesheet as a file of its own, which refers to nothing', () => {
    expect(html.assets?.map(({ fileName }) => fileName)).toEqual(['report.css']);
    expect(html.assets?.[0]?.content).not.toMatch(/url\(|@import|expression/);
  });

  it('shows what to do about a finding, closed at first', async () => {
    const text = await render({
      policy: { rules: [{ name: 'no high', select: { severity: 'high' }, max: 0 }] },
      targets: [{ name: 'shop', findings: [buildRawFinding({ severity: 'high', remediation: 'Update it.' })] }],
    });
    expect(tagsOf(text).filter(({ name }) => name === 'details')).toEqual([{ name: 'details', attributes: {} }]);
    expect(text).toContain('<dt>To do</dt><dd>Update it.');
  });

  it('has a limit for findings over all rules, and says how many it leaves out', async () => {
    const rules = Array.from({ length: 8 }, (_, index) => ({
      name: `rule ${index}`,
      select: { severity: 'high' },
      max: 0,
    }));
    const findings = Array.from({ length: 120 }, (_, index) =>
      buildRawFinding({
        severity: 'high',
        vulnerability: { source: 'nvd', id: `CVE-2099-${1000 + index}`, title: 'x' },
      }),
    );
    const text = await render({ policy: { rules }, targets: [{ name: 'shop', findings }] });
    expect(tagsOf(text).filter(({ name }) => name === 'details')).toHaveLength(500);
    expect(text.match(/and 20 more; all are in findings\.ndjson/g)).toHaveLength(5);
    expect(text.match(/and 120 more; all are in findings\.ndjson/g)).toHaveLength(3);
  });
});
