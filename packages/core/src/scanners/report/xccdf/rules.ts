import { childrenOf, flowText, type XmlElement } from '../../../wire/xml.js';

/** What is kept of a rule until its result comes; the rest of the element is let go. */
export interface RuleText {
  title: string | undefined;
  description: string | undefined;
  rationale: string | undefined;
  remediation: string | undefined;
  severity: string | undefined;
  role: string | undefined;
  idents: string[];
}

/** Texts cut out of a chunk keep the whole chunk in memory; a copy of a rule's few texts does not. */
const ownCopy = (text: string): string => Buffer.from(text).toString();

const BLOCKS = new Set(['p', 'pre', 'li', 'ul', 'ol', 'div', 'table', 'tr', 'h1', 'h2', 'h3', 'h4']);

function show(inner: XmlElement, flow: string): string {
  if (inner.name === 'br') return '\n';
  if (inner.name === 'sub') return `[${inner.attributes.idref ?? ''}]`;
  return BLOCKS.has(inner.name) ? `\n${flow}\n` : flow;
}

/** XHTML of the benchmark as plain text; undefined when it says nothing. */
function proseOf(element: XmlElement | undefined): string | undefined {
  if (element === undefined) return undefined;
  const text = flowText(element, show)
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{2,}/g, '\n')
    .trim();
  return text === '' ? undefined : ownCopy(text);
}

/** Texts may stand in several languages: the English one, else the first. */
function inEnglish(rule: XmlElement, name: string): XmlElement | undefined {
  const all = childrenOf(rule, name);
  return all.find(({ attributes }) => attributes['xml:lang']?.toLowerCase().startsWith('en')) ?? all[0];
}

/** STIG benchmarks write markup of their own, escaped, into the description. */
function discussionOf(description: string | undefined): string | undefined {
  const discussion = /<VulnDiscussion>([\s\S]*?)<\/VulnDiscussion>/.exec(description ?? '')?.[1]?.trim();
  return discussion === undefined || discussion === '' ? description : discussion;
}

/** The advice for people; else the shell script; else the first script of another kind. */
function remediationOf(rule: XmlElement): string | undefined {
  const advice = proseOf(inEnglish(rule, 'fixtext'));
  if (advice !== undefined) return advice;
  const fixes = childrenOf(rule, 'fix');
  return proseOf(fixes.find(({ attributes }) => attributes.system?.endsWith(':script:sh')) ?? fixes[0]);
}

export const identsOf = (element: XmlElement): string[] =>
  childrenOf(element, 'ident')
    .map(({ text }) => ownCopy(text.trim()))
    .filter((ident) => ident !== '');

const attributeOf = (element: XmlElement, name: string): string | undefined => {
  const value = element.attributes[name]?.trim();
  return value === undefined || value === '' ? undefined : ownCopy(value);
};

function ruleText(rule: XmlElement): RuleText {
  return {
    title: proseOf(inEnglish(rule, 'title')),
    description: discussionOf(proseOf(inEnglish(rule, 'description'))),
    rationale: proseOf(inEnglish(rule, 'rationale')),
    remediation: remediationOf(rule),
    severity: attributeOf(rule, 'severity'),
    role: attributeOf(rule, 'role'),
    idents: identsOf(rule),
  };
}

/** Rule texts by benchmark and rule, until the results come. */
export class RuleBook {
  private readonly books = new Map<string, Map<string, RuleText>>();

  add(benchmark: string, rule: XmlElement): void {
    const id = attributeOf(rule, 'id');
    if (id === undefined) return;
    let book = this.books.get(benchmark);
    if (!book) {
      book = new Map();
      this.books.set(ownCopy(benchmark), book);
    }
    book.set(id, ruleText(rule));
  }

  /** The rule of the benchmark that the result names; where it names none, of the only benchmark there is. */
  find(benchmark: string | undefined, rule: string): RuleText | undefined {
    const only = this.books.size === 1 ? [...this.books.values()][0] : undefined;
    return ((benchmark === undefined ? undefined : this.books.get(benchmark)) ?? only)?.get(rule);
  }
}
