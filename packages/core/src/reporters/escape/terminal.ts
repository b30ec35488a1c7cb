import { CONTROLS, DIRECTIONS, SEPARATORS, SURROGATES, stripAnsi, wellFormed } from './controls.js';

/*
 * What a CI tool takes for a command in a log:
 * - TeamCity `##teamcity[`, Azure `##vso[` and `##[`: anywhere in a line;
 * - GitHub `::word`: at the start of a line, blanks aside;
 * - GitLab `section_start:` and `section_end:`, and `[[ATTACHMENT|` in test output.
 */
const COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/#(?=#(?:teamcity|vso)?\[)/gi, '# '],
  [/^(\s*):(?=:)/gm, '$1: '],
  [/(section_(?:start|end)):/gi, '$1 :'],
  [/\[(?=\[ATTACHMENT\|)/gi, '[ '],
];

const SUSPECT = new RegExp(`[${CONTROLS}${DIRECTIONS}${SEPARATORS}${SURROGATES}]|##|::|section_|\\[\\[`, 'i');
const LINE_ENDS = new RegExp(`\\r\\n?|[\\n\\v\\f\\u0085${SEPARATORS}]`, 'g');
const INVISIBLE = new RegExp(`[${CONTROLS}${DIRECTIONS}]`, 'g');
const INVISIBLE_BUT_LINE_END = new RegExp(`(?!\\n)[${CONTROLS}${DIRECTIONS}]`, 'g');

const defuse = (text: string): string => COMMANDS.reduce((line, [pattern, safe]) => line.replace(pattern, safe), text);

function clean(text: string, lineEnd: '\n' | ' '): string {
  const visible = stripAnsi(text)
    .replace(LINE_ENDS, lineEnd)
    .replaceAll('\t', ' ')
    .replace(lineEnd === '\n' ? INVISIBLE_BUT_LINE_END : INVISIBLE, '');
  return defuse(wellFormed(visible));
}

/** Any text as one line that is safe in a log or a terminal: no control characters, no CI command. */
export const terminalText = (text: string): string => (SUSPECT.test(text) ? clean(text, ' ') : text);

/** As {@link terminalText}, with line ends kept as LF. */
export const terminalBlock = (text: string): string => (SUSPECT.test(text) ? clean(text, '\n') : text);
