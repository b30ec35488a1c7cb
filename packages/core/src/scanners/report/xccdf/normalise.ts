import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import { severityOfWord } from '../../../model/severity.js';
import { child, childrenOf, textAt, type XmlElement } from '../../../wire/xml.js';
import { aliasList, cweNumbers } from '../../normalise.js';
import { identsOf, type RuleText } from './rules.js';

/** Every word of the specification (XCCDF 1.2, section 6.6.4.2). */
export const RESULT_WORDS = [
  'pass',
  'fixed',
  'fail',
  'error',
  'unknown',
  'notapplicable',
  'notchecked',
  'notselected',
  'informational',
] as const;
export type ResultWord = (typeof RESULT_WORDS)[number];

/** Results that make a control finding: a control that could not be decided is not met. */
const OPEN: readonly ResultWord[] = ['fail', 'error', 'unknown'];

export interface RuleResult {
  rule: string;
  word: ResultWord;
  severity: string | undefined;
  role: string | undefined;
  instance: string | undefined;
  idents: string[];
  messages: string | undefined;
  /** Present when the result was changed by hand: what it was at first, and who says so. */
  override: { from: ResultWord; reason: string } | undefined;
}

function wordOf(text: string | undefined, at: string): ResultWord {
  const word = RESULT_WORDS.find((known) => known === text);
  if (word === undefined) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}: the result "${excerpt(text ?? '')}" is not known`);
  }
  return word;
}

/** Reads a `rule-result`. Throws `SCANGATE_REPORT_SHAPE` for a result without rule or with a word nobody knows. */
export function ruleResult(element: XmlElement): RuleResult {
  const rule = element.attributes.idref?.trim();
  if (rule === undefined || rule === '')
    throw new ScangateError('SCANGATE_REPORT_SHAPE', 'rule-result@idref is missing');
  const at = `rule-result ${excerpt(rule)}`;
  const word = wordOf(textAt(element, 'result'), at);
  const messages = childrenOf(element, 'message')
    .map(({ text }) => text.trim())
    .filter((text) => text !== '');
  return {
    rule,
    word,
    severity: element.attributes.severity?.trim() || undefined,
    role: element.attributes.role?.trim() || undefined,
    instance: instanceOf(element),
    idents: identsOf(element),
    messages: messages.length > 0 ? messages.join('\n') : undefined,
    override: overrideOf(element, word, at),
  };
}

/** A rule may be checked once for each of several things, such as mount points. */
function instanceOf(element: XmlElement): string | undefined {
  const parts = childrenOf(element, 'instance').map(({ text, attributes }) => {
    const context = attributes.context?.trim();
    return context === undefined || context === '' || context === 'undefined'
      ? text.trim()
      : `${context} ${text.trim()}`;
  });
  const said = parts.filter((part) => part !== '');
  return said.length > 0 ? said.join(', ') : undefined;
}

function overrideOf(element: XmlElement, word: ResultWord, at: string): RuleResult['override'] {
  const overrides = childrenOf(element, 'override');
  const [first] = overrides;
  const last = overrides.at(-1);
  if (!first || !last) return undefined;
  const from = wordOf(textAt(first, 'old-result'), `${at} override`);
  const to = wordOf(textAt(last, 'new-result'), `${at} override`);
  if (to !== word) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}: the override says "${to}", the result says "${word}"`);
  }
  const authority = last.attributes.authority?.trim();
  const by = authority === undefined || authority === '' ? '' : ` by ${authority}`;
  return { from, reason: `${textAt(last, 'remark') ?? 'no remark'} (overridden from ${from} to ${to}${by})` };
}

/** The finding of a result: none for a rule that is met or was not looked at, one set aside for an overridden failure. */
export function controlFinding(
  result: RuleResult,
  rule: RuleText | undefined,
  subject: string | undefined,
): RawFinding | undefined {
  const { word, override } = result;
  const setAside = !OPEN.includes(word) && override !== undefined && OPEN.includes(override.from);
  if (!OPEN.includes(word) && !setAside) return undefined;
  const idents = [...result.idents, ...(rule?.idents ?? [])];
  const severity = result.severity ?? rule?.severity;
  return {
    vulnerability: {
      source: 'xccdf',
      id: result.rule,
      title: rule?.title ?? result.rule,
      aliases: aliasList(
        result.rule,
        idents.filter((ident) => !/^CWE-/i.test(ident)),
      ),
      cwe: cweNumbers(idents.filter((ident) => /^CWE-/i.test(ident))),
    },
    kind: 'control',
    severity: severityOfWord(severity),
    vendorSeverity: severity,
    ignored: setAside ? { reason: override.reason } : undefined,
    state: setAside ? override.from : word,
    location: { kind: 'control', control: result.rule, subject, instance: result.instance },
    description: rule?.description,
    impact: rule?.rationale,
    remediation: rule?.remediation,
    evidence: result.messages,
  };
}

/** Names of the machine that was examined. */
export function subjectOf(testResult: XmlElement): string | undefined {
  const targets = childrenOf(testResult, 'target').map(({ text }) => text.trim());
  const named = [...new Set(targets.filter((target) => target !== ''))];
  return named.length > 0 ? named.join(', ') : undefined;
}

/** Id of the benchmark a TestResult was made with: its own word, else the benchmark it stands in. */
export function benchmarkOf(testResult: XmlElement, scope: readonly XmlElement[]): string | undefined {
  const own = child(testResult, 'benchmark')?.attributes.id;
  return own ?? scope.findLast(({ name }) => name === 'Benchmark')?.attributes.id;
}
