import type { JsonMembers } from '../../../wire/json.js';
import { asObject, listIn, numberIn, objectIn, requiredTextIn, textsIn, wordsIn } from '../../../wire/take.js';

/** A rule with the tool component that declares it. */
export interface Rule {
  members: JsonMembers;
  component: JsonMembers;
}

interface Component {
  members: JsonMembers;
  rules: Rule[];
  byId: Map<string, Rule>;
}

/** The rules of one run, of the driver and of the extensions, as results refer to them. */
export class RuleIndex {
  readonly driver: JsonMembers;
  private readonly components: Component[];

  constructor(tool: JsonMembers) {
    this.driver = asObject(tool.driver, 'tool.driver');
    requiredTextIn(this.driver, 'name', 'tool.driver');
    const extensions = listIn(tool, 'extensions', 'tool').map((value) => asObject(value, 'tool.extensions[]'));
    this.components = [this.driver, ...extensions].map(componentOf);
  }

  get count(): number {
    return this.components.reduce((sum, { rules }) => sum + rules.length, 0);
  }

  /**
   * The rule of a result: by `rule.index` or `ruleIndex` in the component that `rule.toolComponent` names, else by id.
   * An index that contradicts the id loses against it. A result of `CA1000/1` belongs to the rule `CA1000`.
   */
  find(result: JsonMembers, at: string): Rule | undefined {
    const reference = objectIn(result, 'rule', at) ?? {};
    const component = this.componentAt(objectIn(reference, 'toolComponent', at));
    const id = ruleIdOf(result, at);
    const index = numberIn(reference, 'index', at) ?? numberIn(result, 'ruleIndex', at) ?? -1;
    const indexed = component?.rules[index];
    if (indexed && (id === undefined || isRuleOf(id, wordsIn(indexed.members, 'id', 'rule')))) return indexed;
    return id === undefined ? undefined : this.byId(id, component);
  }

  /** A rule by its id, in the component first and then in all of them. */
  private byId(id: string, component: Component | undefined): Rule | undefined {
    const places = component ? [component, ...this.components] : this.components;
    for (let name = id; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('/')))) {
      for (const place of places) {
        const rule = place.byId.get(name);
        if (rule) return rule;
      }
    }
    return undefined;
  }

  private componentAt(reference: JsonMembers | undefined): Component | undefined {
    if (!reference) return this.components[0];
    const index = numberIn(reference, 'index', 'rule.toolComponent') ?? -1;
    if (index >= 0) return this.components[index + 1];
    for (const key of ['guid', 'name'] as const) {
      const wanted = wordsIn(reference, key, 'rule.toolComponent');
      const found = wanted && this.components.find(({ members }) => wordsIn(members, key, 'tool') === wanted);
      if (found) return found;
    }
    return this.components[0];
  }
}

function componentOf(members: JsonMembers): Component {
  const rules = listIn(members, 'rules', 'tool').map((value) => ({
    members: asObject(value, 'rules[]'),
    component: members,
  }));
  const byId = new Map<string, Rule>();
  for (const rule of rules) {
    const id = wordsIn(rule.members, 'id', 'rules[]');
    if (id !== undefined && !byId.has(id)) byId.set(id, rule);
  }
  return { members, rules, byId };
}

/** The rule's id as the result gives it. */
export const ruleIdOf = (result: JsonMembers, at: string): string | undefined =>
  wordsIn(result, 'ruleId', at) ?? wordsIn(objectIn(result, 'rule', at) ?? {}, 'id', `${at}.rule`);

const isRuleOf = (id: string, rule: string | undefined): boolean => id === rule || id.startsWith(`${rule}/`);

/** `text` of a multiformat message, or its markdown. */
export function formattedText(members: JsonMembers | undefined, at: string): string | undefined {
  return members && (wordsIn(members, 'text', at) ?? wordsIn(members, 'markdown', at));
}

/**
 * The text of a message: its own, or the one its id names in the rule or the tool, with `{0}` filled in and links to
 * other places of the log reduced to their words (SARIF 2.1.0 section 3.11).
 */
export function messageText(message: JsonMembers | undefined, rule: Rule | undefined, at: string): string | undefined {
  if (!message) return undefined;
  const given = textsIn(message, 'arguments', at);
  const text =
    wordsIn(message, 'text', at) ?? namedText(wordsIn(message, 'id', at), rule) ?? wordsIn(message, 'markdown', at);
  return text === undefined ? undefined : plainLinks(given.length > 0 ? fill(text, given) : text);
}

function namedText(id: string | undefined, rule: Rule | undefined): string | undefined {
  if (id === undefined || !rule) return undefined;
  const tables = [
    objectIn(rule.members, 'messageStrings', 'rule'),
    objectIn(rule.component, 'globalMessageStrings', 'tool'),
  ];
  const table = tables.find((strings) => strings && Object.hasOwn(strings, id));
  return table && formattedText(objectIn(table, id, 'messageStrings'), 'messageStrings');
}

const fill = (text: string, given: readonly string[]): string =>
  text.replace(/\{\{|\}\}|\{(\d{1,4})\}/g, (whole, digits: string | undefined) =>
    digits === undefined ? (whole[0] as string) : (given[Number(digits)] ?? whole),
  );

const plainLinks = (text: string): string => text.replace(/\[([^[\]]*)\]\(\d{1,6}\)/g, '$1');
