/*
 * Character classes that every syntax shares. They are put together from code points, so that no invisible character
 * stands in this file.
 */
const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;
const span = (first: number, last: number): string => `${unit(first)}-${unit(last)}`;

const ESC = unit(0x1b);
const BEL = unit(0x07);
const ST = unit(0x9c);
/** One-character forms of DCS, SOS, OSC, PM and APC. */
const STRING_STARTS = `${unit(0x90)}${unit(0x98)}${span(0x9d, 0x9f)}`;

/** For use inside a character class: C0, DEL and C1, with tab and line ends. */
export const CONTROLS = `${span(0x00, 0x1f)}${span(0x7f, 0x9f)}`;
/** C0, DEL and C1 without tab, LF and CR. */
export const HARD_CONTROLS = `${span(0x00, 0x08)}${span(0x0b, 0x0c)}${span(0x0e, 0x1f)}${span(0x7f, 0x9f)}`;
/** What turns the reading direction of a line, and the byte order mark. */
export const DIRECTIONS = `${unit(0x061c)}${span(0x200e, 0x200f)}${span(0x202a, 0x202e)}${span(0x2066, 0x2069)}${unit(0xfeff)}`;
/** Line and paragraph separator. */
export const SEPARATORS = span(0x2028, 0x2029);
/** Surrogates, paired or not, for patterns without the `u` flag. */
export const SURROGATES = span(0xd800, 0xdfff);

/*
 * ECMA-48: CSI sequences, strings up to their end mark, and two-character escapes. The body of a string excludes every
 * start of another one, so that a text of nothing but starts is read once and not once for each.
 */
const ANSI = new RegExp(
  [
    `(?:${ESC}\\[|${unit(0x9b)})[0-?]*[ -/]*[@-~]`,
    `(?:${ESC}[\\]PX^_]|[${STRING_STARTS}])[^${BEL}${ESC}${ST}${STRING_STARTS}]*(?:${BEL}|${ESC}\\\\|${ST})`,
    `${ESC}[ -/]*[0-~]`,
  ].join('|'),
  'g',
);

/** Takes out terminal sequences: colours, cursor moves, titles, hyperlinks. */
export const stripAnsi = (text: string): string => text.replace(ANSI, '');

const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Lone halves of a surrogate pair become U+FFFD. */
export const wellFormed = (text: string): string => text.replace(LONE_SURROGATE, '\ufffd');
