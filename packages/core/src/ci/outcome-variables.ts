import type { Verdict } from '../model/verdict.js';
import { countBySeverity } from '../model/verdict-counts.js';

/**
 * The verdict as a few names and values for later steps of a pipeline. Names are lower case letters and underscores,
 * values are words and whole numbers: no file format for variables gives them another meaning.
 */
export function outcomeVariables(verdict: Verdict): [name: string, value: string][] {
  return [
    ['outcome', verdict.outcome],
    ['exit_code', String(verdict.exitCode)],
    ...Object.entries(countBySeverity(verdict)).map(([severity, count]): [string, string] => [
      `findings_${severity}`,
      String(count),
    ]),
  ];
}
