import { jsonText } from './escape/json.js';
import type { Reporter } from './reporter.js';

/** `findings.ndjson`: every finding, one a line, written as it arrives. */
export const ndjson: Reporter = {
  format: 'ndjson',
  fileName: 'findings.ndjson',
  create: () => ({ add: ({ finding }) => `${jsonText(finding)}\n`, end: () => [] }),
};
