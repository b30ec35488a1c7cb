import { excerpt, ScangateError } from '../errors.js';
import type { Finding } from '../model/finding.js';
import { severityRank } from '../model/severity.js';

/** True, false, or the words of what was missing. */
export type ExpressionResult = boolean | { missing: string };
export type Expression = (finding: Finding, ageDays: number | undefined, tags: readonly string[]) => ExpressionResult;

/**
 * Compiles a CEL expression. Variables: `finding` (the finding as in findings.ndjson), `severityLevel` (1 to 5, absent
 * when unknown), `ageDays` (absent when unknown) and `tags` (of the target).
 * A field that a finding does not have makes the result undecided; test with `has(finding.qds)`.
 * Throws `SCANGATE_POLICY_EXPRESSION` for an expression that cannot be compiled or is not a condition.
 */
export async function compileExpression(text: string): Promise<Expression> {
  const { Environment, EvaluationError, TypeError: CelTypeError } = await import('@marcbachmann/cel-js');
  const environment = new Environment()
    .registerVariable('finding', 'map')
    .registerVariable('severityLevel', 'dyn')
    .registerVariable('ageDays', 'dyn')
    .registerVariable('tags', 'list<string>');
  const checked = environment.check(text);
  if (!checked.valid || (checked.type !== 'bool' && checked.type !== 'dyn')) {
    const why = checked.valid ? `it gives ${checked.type}, not true or false` : checked.error?.message;
    throw new ScangateError(
      'SCANGATE_POLICY_EXPRESSION',
      `expression "${excerpt(text)}": ${excerpt(String(why), 200)}`,
    );
  }
  const run = environment.parse(text);
  return (finding, ageDays, tags) => {
    const variables: Record<string, unknown> = { finding: withoutUndefined(finding), tags: [...tags] };
    if (finding.severity !== 'unknown') variables.severityLevel = severityRank(finding.severity);
    if (ageDays !== undefined) variables.ageDays = ageDays;
    try {
      const value: unknown = run(variables);
      return typeof value === 'boolean' ? value : { missing: `expression gives ${typeof value}` };
    } catch (error) {
      if (error instanceof EvaluationError || error instanceof CelTypeError)
        return { missing: `expression: ${excerpt(error.message.split('\n')[0] ?? '', 80)}` };
      throw error;
    }
  };
}

/** CEL's has() asks for the key; a key that is there with undefined would look like a value. */
const withoutUndefined = (finding: Finding): unknown => JSON.parse(JSON.stringify(finding));
