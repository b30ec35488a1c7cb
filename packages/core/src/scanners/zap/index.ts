import type { Scanner } from '../scanner.js';
import { type WebTarget, webScanner } from '../web-program.js';
import { wapitiProgram } from '../web-wapiti.js';
import { zapProgram } from '../web-zap.js';

/** Web applications, by ZAP. */
export const zap: Scanner<WebTarget> = webScanner(zapProgram, [wapitiProgram]);
