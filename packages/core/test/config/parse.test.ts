import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/mistake.js';
import { parseConfig, parsePolicy } from '../../src/config/parse.js';
import { ScangateError } from '../../src/errors.js';

const rules = (rule: string): string =>
  `rules:\n  - name: a\n    max: 0\n${rule
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n`;

/** First line of the message and the mend. */
function mistakeOf(
  text: string,
  parse: (text: string) => unknown = (one) => parsePolicy(one, 'policy.yml'),
): [string, string] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ScangateError) return [error.message, error.mend];
    throw error;
  }
  return ['no mistake', ''];
}

const config = (text: string, env: Record<string, string> = {}) => parseConfig(text, 'scangate.yml', env);

describe('parsePolicy', () => {
  it('takes a policy alone, or the policy of a configuration', () => {
    const policy = {
      include: ['default'],
      onIncomplete: 'inconclusive',
      rules: [{ name: 'a', max: 0, action: 'fail', missing: 'inconclusive' }],
    };
    expect(parsePolicy('rules:\n  - { name: a, max: 0 }\n', 'p.yml')).toEqual(policy);
    expect(parsePolicy('version: 1\npolicy:\n  rules:\n    - { name: a, max: 0 }\n', 'p.yml')).toEqual(policy);
  });

  it.each<[name: string, text: string, message: string | RegExp, mend?: string | RegExp]>([
    ['no rule', 'rules: []\n', /^policy.yml:1:8: rules: there is no rule/],
    ['rules missing', 'include: [default]\n', /^policy.yml:1:1: rules: is missing/],
    ['an empty file', '', /^policy.yml:1:1: expected object, got null/],
    [
      'an unknown key',
      rules('maxx: 3'),
      'policy.yml:4:5: rules[0].maxx: unknown key "maxx" (did you mean "max"?)',
      /known keys here: name, select, max/,
    ],
    [
      'an unknown key in a selector',
      rules('select:\n  severety: high'),
      'policy.yml:5:7: rules[0].select.severety: unknown key "severety" (did you mean "severity"?)',
    ],
    [
      'an unknown severity',
      rules('select: { severity: { atLeast: hihg } }'),
      /rules\[0\]\.select\.severity\.atLeast: expected info, low, medium, high, critical, got "hihg" \(did you mean "high"\?\)/,
    ],
    [
      'severity 6',
      rules('select: { severity: 6 }'),
      /rules\[0\]\.select\.severity: too big: expected number to be <=5, got 6/,
    ],
    [
      'severity 0',
      rules('select: { severity: 0 }'),
      /rules\[0\]\.select\.severity: too small: expected number to be >=1, got 0/,
    ],
    ['an empty list of QIDs', rules('select: { qid: [] }'), /rules\[0\]\.select\.qid: the list is empty/],
    ['an empty QID text', rules('select: { qid: "" }'), /rules\[0\]\.select\.qid: expected QIDs such as 38173/],
    ['an empty list of CVEs', rules('select: { cve: [] }'), /rules\[0\]\.select\.cve: the list is empty/],
    [
      'a range that runs backwards',
      rules('select: { qid: [20-10] }'),
      /rules\[0\]\.select\.qid\[0\]: a range must run from the smaller to the larger QID/,
    ],
    ['a huge range', rules('select: { qid: [1-99999999] }'), /at most 1,000,000 QIDs/],
    ['a QID that is no number', rules('select: { qid: [abc] }'), /expected QIDs such as 38173/],
    ['a CVE that is none', rules('select: { cve: [CVE-21-1] }'), /expected CVE names/],
    ['an empty selector', rules('select: {}'), /rules\[0\]\.select: the selector is empty/],
    ['an empty anyOf', rules('select: { anyOf: [] }'), /rules\[0\]\.select\.anyOf: the list is empty/],
    ['a CVSS floor of 0', rules('select: { cvss: { atLeast: 0 } }'), /a floor of 0 would match every scored finding/],
    ['a CVSS floor of 11', rules('select: { cvss: { atLeast: 11 } }'), /rules\[0\]\.select\.cvss\.atLeast: too big/],
    ['a CVSS floor that is missing', rules('select: { cvss: {} }'), /rules\[0\]\.select\.cvss\.atLeast: is missing/],
    ['an empty criterion', rules('select: { qds: {} }'), /give atLeast or atMost/],
    [
      'a limit that is no number',
      'rules:\n  - { name: a, max: none }\n',
      /rules\[0\]\.max: expected number, got "none"/,
    ],
    ['a negative limit', 'rules:\n  - { name: a, max: -1 }\n', /rules\[0\]\.max: too small/],
    ['no limit', 'rules:\n  - { name: a }\n', /rules\[0\]\.max: is missing/],
    [
      'two rules of one name',
      'rules:\n  - { name: a, max: 0 }\n  - { name: a, max: 1 }\n',
      /rules\[1\]\.name: two rules are named "a"/,
    ],
    ['an unknown action', rules('action: block'), /rules\[0\]\.action: expected fail, warn, got "block"/],
    [
      'an unknown kind in include',
      'include: [defaults]\nrules:\n  - { name: a, max: 0 }\n',
      /include\[0\]: expected .*\(did you mean "default"\?\)/,
    ],
    ['an empty include', 'include: []\nrules:\n  - { name: a, max: 0 }\n', /include: the list is empty/],
    ['an empty exclusion', 'exclude: {}\nrules:\n  - { name: a, max: 0 }\n', /exclude: the exclusion is empty/],
    ['bad YAML', 'rules: [\n', /^policy.yml:\d+:\d+: not valid YAML/],
    [
      'a key twice',
      'rules:\n  - { name: a, max: 0 }\nrules:\n  - { name: b, max: 9 }\n',
      /^policy.yml:3:1: not valid YAML/,
    ],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nrules: [*c,*c,*c,*c]\n`,
      /^policy.yml:1:1: not valid YAML/,
    ],
  ])('refuses %s', (_, text, message, mend) => {
    const [said, how] = mistakeOf(text);
    expect(said).toMatch(message);
    if (mend !== undefined) expect(how).toMatch(mend);
    expect(how).not.toBe('');
  });

  it('names every mistake at once, each with its place', () => {
    const [said] = mistakeOf('rules:\n  - name: a\n    max: x\n  - name: b\n    maxx: 1\n');
    expect(said.split('\n').map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual(
      ['policy.yml:3:10: rules[0].max', 'policy.yml:5:5: rules[1].maxx', 'policy.yml:4:5: rules[1].max'].sort(
        (a, b) => said.indexOf(a) - said.indexOf(b),
      ),
    );
  });
});

describe('parseConfig', () => {
  it('replaces variables in target fields, and nowhere else', () => {
    const text =
      'version: 1\ntargets:\n  image: { scanner: report, path: "out/${TAG}.json" }\npolicy:\n  rules: [{ name: "keep ${TAG}", max: 0 }]\n';
    const { targets, policy } = config(text, { TAG: '1.4' });
    expect(targets?.image).toEqual({ scanner: 'report', path: 'out/1.4.json' });
    expect(policy?.rules[0]?.name).toBe('keep ${TAG}');
  });

  it('refuses a variable that is not set', () => {
    const [said, mend] = mistakeOf('version: 1\ntargets:\n  image: { scanner: report, path: "${TAG}.json" }\n', config);
    expect(said).toBe('scangate.yml:3:35: targets.image.path: the environment variable TAG is not set');
    expect(mend).toBe('set TAG in the build before this step');
  });

  it('refuses a secret in the file, before anything else is looked at', () => {
    const [said] = mistakeOf('version: 1\nplatform:\n  qualys: { pod: EU1, password: hunter2 }\n', config);
    expect(said).toBe('scangate.yml:3:23: platform.qualys.password: a secret must not stand in this file');
    expect(said).not.toContain('hunter2');
  });

  it('knows every target of the manual and refuses unknown scanners with a guess', () => {
    const [said] = mistakeOf('version: 1\ntargets:\n  a: { scanner: trivvy, image: x }\n', config);
    expect(said).toMatch(/^scangate.yml:3:\d+: targets\.a\.scanner: .*trivvy.*did you mean "trivy"/);
  });

  it('guesses keys of the chosen scanner', () => {
    const [said, mend] = mistakeOf('version: 1\ntargets:\n  a: { scanner: qualys-was, webapp: x }\n', config);
    expect(said).toContain('did you mean "webApp"?');
    expect(mend).toContain('optionProfile');
    expect(mend).not.toContain('requireAgent');
  });

  it('refuses durations without a unit', () => {
    const [said] = mistakeOf(
      'version: 1\ntargets:\n  a: { scanner: wapiti, url: "http://127.0.0.1/", wait: "30" }\n',
      config,
    );
    expect(said).toMatch(/targets\.a\.wait: expected a duration with its unit/);
  });

  it('is an error of its own class with all mistakes', () => {
    expect(() => config('version: 2\n')).toThrow(ConfigError);
  });
});
