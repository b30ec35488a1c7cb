import type { JsonWalkOptions } from './json-records.js';

/** A step on the way to the records: a member, any member (`*`) or the elements of a list (`[]`). */
export interface PatternNode {
  at: string;
  children: Map<string, PatternNode>;
  hasMembers: boolean;
  hasElements: boolean;
  needs: readonly string[];
}

/** The patterns of the options as one tree. */
export function compile(options: JsonWalkOptions): PatternNode {
  const node = (at: string): PatternNode => ({
    at,
    children: new Map(),
    hasMembers: false,
    hasElements: false,
    needs: options.needs?.[at] ?? [],
  });
  const root = node('');
  for (const pattern of options.records) {
    let here = root;
    for (const step of pattern.match(/\[\]|[^.[\]]+/g) ?? []) {
      let next = here.children.get(step);
      if (!next) {
        next = node(step === '[]' ? `${here.at}[]` : here.at === '' ? step : `${here.at}.${step}`);
        here.children.set(step, next);
        if (step === '[]') here.hasElements = true;
        else here.hasMembers = true;
      }
      here = next;
    }
  }
  return root;
}
