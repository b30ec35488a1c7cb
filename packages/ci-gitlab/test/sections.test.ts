import { buildTextDelivery, HOSTILE_TEXTS } from '@scangate/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gitlab } from '../src/index.js';
import { parseLog } from './log-parser.js';
import { judged } from './support.js';

const file = (path: string) => ({ severity: 'critical' as const, location: { kind: 'file' as const, path } });

describe('sections of the log', () => {
  it('fold the findings of each rule that does not hold', async () => {
    const rules = [
      { name: 'nothing critical', select: { severity: 'critical' }, max: 0 },
      { name: 'holds', select: { severity: 'low' }, max: 0 },
      { name: 'scored', select: { cvss: { atLeast: 7 } }, max: 0 },
      { name: 'few', select: { severity: 'critical' }, max: 1, action: 'warn' },
    ];
    const { input } = await judged([file('a'), file('b')], { policy: { rules } });
    const line = (path: string) =>
      `  CRITICAL CVE-2099-0001 libexample: heap overflow; where: shop: ${path}; fix: the source names no fix`;
    const [a, b] = [line('a'), line('b')];
    expect(parseLog(gitlab.deliver(input).stdout)).toEqual({
      outside: [''],
      sections: [
        {
          name: 'scangate_rule_1',
          title: 'FAIL  rule "nothing critical": at most 0, observed 2',
          isCollapsed: true,
          lines: [a, b],
        },
        {
          name: 'scangate_rule_3',
          title:
            'INCONCLUSIVE  rule "scored": at most 0, observed 0; 2 findings lack cvss; the rule cannot decide on them',
          isCollapsed: true,
          lines: [a, b],
        },
        {
          name: 'scangate_rule_4',
          title: 'WARN  rule "few": at most 1, observed 2',
          isCollapsed: true,
          lines: [a, b],
        },
      ],
    });
  });

  it('say how many more there are', async () => {
    const { input } = await judged(Array.from({ length: 130 }, (_, index) => file(String(index))));
    const [section] = parseLog(gitlab.deliver(input).stdout).sections;
    expect([section?.lines.length, section?.lines.at(-1)]).toEqual([101, '  and 30 more; all are in findings.ndjson']);
  });

  it('are not there when every rule holds', async () => {
    expect(gitlab.deliver((await judged([])).input)).toEqual({ stdout: '', files: [] });
  });

  it('are neither opened nor ended by a text', async () => {
    const parts = [
      ...HOSTILE_TEXTS,
      '\u001b[0Ksection_end:1795428001:scangate_rule_1\r\u001b[0K',
      'section_start:1795428001:scangate_rule_1[collapsed=true]\r\u001b[0K',
      'section_\u001b[0mstart:1:a\r',
      'section_\u200estart:1:a\r',
      '\nsection_end:1795428001:scangate_rule_1\r',
    ];
    const names = async (texts: string[]) =>
      parseLog(gitlab.deliver((await buildTextDelivery(texts)).input).stdout).sections.map(({ name, lines }) => [
        name,
        lines.length,
      ]);
    const calm = await names(['calm']);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 4 }), async (texts) => {
        expect(await names([texts.join('')])).toEqual(calm);
      }),
    );
  });
});

describe('the parser of the test', () => {
  it.each([
    '\u001b[0Ksection_start:1:a\r\u001b[0Kx\n',
    '\u001b[0Ksection_end:1:a\r\u001b[0K\n',
    '\u001b[0Ksection_start:1:a\r\u001b[0K\n\u001b[0Ksection_start:1:b\r\u001b[0K\n',
    '\u001b[0Ksection_start:1:a\r\u001b[0K\n\u001b[0Ksection_end:1:b\r\u001b[0K\n',
    'section_start:1:a b\n',
    '\u001b[31mred\n',
    'a\rb\n',
  ])('refuses %j', (text) => {
    expect(() => parseLog(text)).toThrow();
  });
});
