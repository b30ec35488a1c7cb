/** Deterministic numbers: the same seed gives the same subscription on every machine. */

/** A well mixed 32 bit number of a string and an index. */
export function mix(name: string, index: number): number {
  let state = 0x811c9dc5 ^ index;
  for (let at = 0; at < name.length; at += 1) state = Math.imul(state ^ name.charCodeAt(at), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** A GUID of version 4 shape that is always the same for the same name and index. */
export function stableGuid(name: string, index: number): string {
  const digits = [0, 1, 2, 3].map((part) => hex(mix(`${name}/${part}`, index))).join('');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}

/** One of the choices; the list must not be empty. */
export function pick<T>(choices: readonly T[], name: string, index: number): T {
  const choice = choices[mix(name, index) % choices.length];
  if (choice === undefined) throw new RangeError(`nothing to pick from for ${name}`);
  return choice;
}

/** 64 hex digits that are always the same for the same name and index, as an id of an image has. */
export const stableHex = (name: string, index: number): string =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((part) => hex(mix(`${name}#${part}`, index))).join('');
