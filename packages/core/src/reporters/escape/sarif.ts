import { terminalBlock } from './terminal.js';

/**
 * Any text as a SARIF message string. SARIF 2.1.0 sections 3.11.5 and 3.11.6: `{0}` is a placeholder and
 * `[text](target)` a link, also in plain text. A blank breaks both; the escapes of the standard are shown as they are by
 * the viewers that do not know them.
 */
export function sarifText(text: string): string {
  const safe = terminalBlock(text);
  if (!safe.includes('](') && !safe.includes('{')) return safe;
  return safe.replace(/\](?=\()/g, '] ').replace(/\{(?=\d+\})/g, '{ ');
}
