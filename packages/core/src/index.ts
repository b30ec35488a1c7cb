export { didYouMean } from './did-you-mean.js';
export { ERRORS, type ErrorCode, ScangateError } from './errors.js';
export { EXIT_CODES, EXIT_MEANINGS, type ExitName } from './exit-code.js';
export { fingerprintOf } from './fingerprint.js';
export { type GateInput, type GateTarget, type ReportTarget, runGate, type ScanTarget, soleExit } from './gate.js';
export { compilePolicy, type Policy } from './policy/compile.js';
export { createRedact, type Redact, redactValue } from './redact.js';
export { HEAD_BYTES } from './scanners/report/head.js';
export { READERS, readerOf } from './scanners/report/index.js';
