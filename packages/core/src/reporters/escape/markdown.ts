import { oneLine } from './shorten.js';
import { terminalText } from './terminal.js';

/*
 * Links, mentions and references are found by GitHub and GitLab in the *rendered* text, where a backslash or an entity
 * is already gone. Only a character between the mark and the name stops them: a zero-width space, written as an entity
 * so that it can be seen in the source.
 */
const BREAK = '&#8203;';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
  '\\': '&#92;',
  $: '&#36;',
};
/** Marks of references: user, issue, merge request, label, milestone, epic, snippet, alert. */
const REFERENCE_MARKS = '@#!~%&$^';
const SPECIAL =
  /\/(?=\/)|www(?=\.)|(?<![a-z0-9])GH(?=-\d)|:(?=[\w+-]+:)|\[(?=\[|\w+:)|([&<>|\\$`*_[\]{}~^!#@%])(?=(\S?))/gi;

function escapeMark(mark: string, next: string): string {
  const safe = ENTITIES[mark] ?? (mark === '@' || mark === '%' ? mark : `\\${mark}`);
  return REFERENCE_MARKS.includes(mark) && next !== '' ? safe + BREAK : safe;
}

function escapeSpecial(match: string, mark: string | undefined, next: string | undefined): string {
  if (mark !== undefined) return escapeMark(mark, next ?? '');
  if (match === '[') return `\\[${BREAK}`;
  return match + BREAK;
}

/**
 * Any text as one line of plain Markdown text, also inside a table cell: no markup, HTML, link, image, mention or
 * reference comes of it, wherever it stands in a line.
 */
export function markdownText(text: string): string {
  return oneLine(terminalText(text))
    .replace(SPECIAL, escapeSpecial)
    .replace(/^(?=[-+=/:])/, '\\')
    .replace(/^(\d+)(?=[.)])/, '$1\\');
}
