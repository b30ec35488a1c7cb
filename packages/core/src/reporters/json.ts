import { jsonText } from './escape/json.js';
import type { Reporter } from './reporter.js';

/** `verdict.json`: the verdict itself, schema `scangate.verdict/1`. */
export const json: Reporter = {
  format: 'json',
  fileName: 'verdict.json',
  create: () => ({ end: ({ verdict }) => [jsonText(verdict, 2), '\n'] }),
};
