import { HARD_CONTROLS, stripAnsi } from './controls.js';

/*
 * XML 1.0 section 2.2: a character outside the list makes the whole file unreadable, even as a reference. DEL and C1
 * are allowed there, but no reader of a report shows them.
 */
const FORBIDDEN = new RegExp(`[${HARD_CONTROLS}\\ufffe\\uffff]|\\p{Surrogate}`, 'gu');

const REFERENCES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
const refer = (character: string): string => REFERENCES[character] as string;
const allowed = (text: string): string => stripAnsi(text).replace(FORBIDDEN, '\ufffd');

/** Any text as element content. */
export const xmlText = (text: string): string => allowed(text).replace(/[&<>\r]/g, refer);

/** Any text as an attribute value for double quotes. Readers turn raw line ends and tabs into blanks. */
export const xmlAttribute = (text: string): string => allowed(text).replace(/[&<>"\t\n\r]/g, refer);
