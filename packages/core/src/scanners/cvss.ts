/*
 * CVSS out of reports: range checks, and the base score of a vector that comes without one.
 */
import type Calculators from 'ae-cvss-calculator';
import { excerpt, ScangateError } from '../errors.js';
import type { CvssScore } from '../model/finding.js';
import { cvssVersion } from './normalise.js';

/** The longest valid vector, of version 4 with every metric, has some 200 characters. */
const MAX_VECTOR_CHARS = 500;

let calculators: typeof Calculators | undefined;

/** To be awaited before {@link scoreOfVector}. The library is large, and most reports bring their scores. */
export async function loadCalculators(): Promise<void> {
  calculators ??= (await import('ae-cvss-calculator')).default;
}

/** A score that a report gives. Throws `SCANGATE_REPORT_SHAPE` outside 0 to 10. */
export function checkedScore(score: CvssScore, at: string): CvssScore {
  if (!(score.score >= 0 && score.score <= 10)) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}: ${score.score} is no CVSS score`);
  }
  return score;
}

/**
 * The base score that follows from a vector, for sources that give the vector alone. `version` is for vectors that do
 * not name theirs. Throws `SCANGATE_REPORT_SHAPE` for a vector that is not whole: a score of nothing would be a guess.
 */
export function scoreOfVector(vector: string, at: string, version?: CvssScore['version']): CvssScore {
  const known = cvssVersion(vector) ?? version;
  const score = known === undefined || vector.length > MAX_VECTOR_CHARS ? undefined : baseScore(known, vector);
  if (known === undefined || score === undefined) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}: "${excerpt(vector)}" is no whole CVSS vector`);
  }
  return { version: known, score, vector };
}

function baseScore(version: CvssScore['version'], vector: string): number | undefined {
  const calculator = calculators;
  if (!calculator) throw new Error('loadCalculators was not awaited');
  try {
    if (version === '4.0') {
      const parsed = new calculator.Cvss4P0(vector);
      return parsed.isBaseFullyDefined() ? parsed.calculateScores().baseMetricsOnly : undefined;
    }
    const Calculator =
      version === '2.0' ? calculator.Cvss2 : version === '3.0' ? calculator.Cvss3P0 : calculator.Cvss3P1;
    const parsed = new Calculator(vector);
    return parsed.isBaseFullyDefined() ? parsed.calculateScores().base : undefined;
  } catch {
    // The calculator throws plain errors for metrics and values it does not know; the caller says which vector it was.
    return undefined;
  }
}
