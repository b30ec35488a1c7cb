import { terminalBlock } from './terminal.js';

/**
 * Any text as a SARIF message string. SARIF 2.1.0 sections 3.11.5 and 3.11.6: `{0}` is a placeholder and
 * `[text](target)` a link, also in plain text. A blank breaks both; the escapes of the standard are shown as they are by
 * the viewers that do not know them.
 */
export const sarifText = (text: string): string =>
  terminalBlock(text)
    .replace(/\](?=\()/g, '] ')
    .replace(/\{(?=\d+\})/g, '{ ');
