export { ERRORS, type ErrorCode, ScangateError } from './errors.js';
export { EXIT_CODES, EXIT_MEANINGS, type ExitName } from './exit-code.js';
