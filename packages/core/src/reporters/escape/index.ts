export { jsonText } from './json.js';
export { markdownText } from './markdown.js';
export { sarifText } from './sarif.js';
export { oneLine, shorten } from './shorten.js';
export { terminalBlock, terminalText } from './terminal.js';
export { xmlAttribute, xmlText } from './xml.js';
