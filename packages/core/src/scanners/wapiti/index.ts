import type { Scanner } from '../scanner.js';
import { type WebTarget, webScanner } from '../web-program.js';
import { wapitiProgram } from '../web-wapiti.js';
import { zapProgram } from '../web-zap.js';

/** Web applications, by Wapiti. */
export const wapiti: Scanner<WebTarget> = webScanner(wapitiProgram, [zapProgram]);
