/** Scans that are started, waited for and collected, whatever happens meanwhile. */
export { readDuration } from '../model/duration.js';
export { showDuration } from './duration.js';
export { heartbeatText } from './heartbeat.js';
export { runScans, type ScanRun } from './run-scans.js';
export type { StateStore } from './state.js';
export type * from './types.js';
