import { type JsonMembers, Streamed } from '../wire/json.js';
import { objectIn } from '../wire/take.js';
import type { XmlElement } from '../wire/xml.js';

/**
 * An XML record in the shape of its JSON twin, so that one normalising serves both. A leaf is its text, one that is
 * marked as base64 an object of `value` and `base64`, and a name that repeats a list.
 */
export function membersOf(element: XmlElement): JsonMembers {
  const members = Object.create(null) as JsonMembers;
  for (const inner of element.children) {
    const value = leafOrMembers(inner);
    const before = members[inner.name];
    if (before === undefined) members[inner.name] = value;
    else if (Array.isArray(before)) before.push(value);
    else members[inner.name] = [before, value];
  }
  return members;
}

function leafOrMembers(element: XmlElement): unknown {
  if (element.children.length > 0) return membersOf(element);
  return element.attributes.base64 === undefined
    ? element.text
    : { value: element.text, base64: element.attributes.base64 };
}

/** A member object; an empty element stands for none. */
export const sectionIn = (members: JsonMembers, key: string, at: string): JsonMembers | undefined =>
  members[key] === '' ? undefined : objectIn(members, key, at);

/**
 * Elements of a list of the API: `{"count":1,"list":[{"OWASP":{}}]}`, its XML twin `<list><OWASP/></list>`, a bare
 * element where there is only one, and `<list/>` for none. `type` is the name that wraps each element.
 */
export function elementsIn(members: JsonMembers, key: string, type: string, at: string): unknown[] {
  const list = sectionIn(members, key, at)?.list;
  if (list === undefined || list === null || list === '' || list instanceof Streamed) return [];
  const wrapped = Array.isArray(list) ? list : [list];
  return wrapped.flatMap((element: unknown) => unwrap(element, type));
}

/** The element itself, or the elements, in `{"WasScanVuln": ...}`. */
export function unwrap(element: unknown, type: string): unknown[] {
  if (typeof element !== 'object' || element === null || Array.isArray(element) || !Object.hasOwn(element, type))
    return [element];
  const inner = (element as JsonMembers)[type];
  return Array.isArray(inner) ? inner : [inner];
}
