import { ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import { severityOfLevel } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, listIn, numberIn, wordsIn } from '../../../wire/take.js';
import { aliasList } from '../../normalise.js';
import { type Bags, bagText, bagTexts, type Rating } from './severity.js';

/*
 * What QScanner writes into the property bags of its SARIF, as its wrappers read it
 * (https://docs.qualys.com/en/qscanner/latest/, read 2026-11-23).
 */

export const isQualys = (tool: string): boolean => /qscanner|qualys/i.test(tool);

/**
 * The vendor's level 1-5, or the subscription's own. One that is missing is unknown and never read off the SARIF level:
 * QScanner writes `error` for several of them.
 */
export function qualysRating(bags: Bags, source: 'vendor' | 'customer'): Rating {
  const level = bagText(bags, source === 'customer' ? 'customerSeverity' : 'severity');
  return { severity: severityOfLevel(level), vendorSeverity: level };
}

/** The QID; QScanner names its rules by it, too. */
export const qidOf = (bags: Bags, ruleId: string | undefined): string | undefined =>
  bagText(bags, 'QID') ?? bagText(bags, 'qid') ?? ruleId;

/** CVE names. Absent where the report does not list them: they are in the KnowledgeBase. */
export function qualysAliases(id: string, bags: Bags): string[] | undefined {
  if (!bags.some((bag) => bag['cve-ids'] !== undefined && bag['cve-ids'] !== null)) return undefined;
  return aliasList(
    id,
    bagTexts(bags, 'cve-ids').flatMap((text) => text.split(/[\s,]+/)),
  );
}

/** Qualys detection score. */
export function qdsOf(bags: Bags): number | undefined {
  const bag = bags.find(({ qds }) => qds !== undefined && qds !== null && qds !== '');
  const score = bag && numberIn(bag, 'qds', 'properties');
  if (score !== undefined && !(score >= 0 && score <= 100))
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `properties.qds: ${score} is no QDS`);
  return score;
}

/** One finding for each piece of vulnerable software; the result itself where it names none. */
export function perSoftware(finding: RawFinding, result: JsonMembers, at: string): RawFinding[] {
  const bag =
    result.properties === undefined || result.properties === null
      ? {}
      : asObject(result.properties, `${at}.properties`);
  const software = listIn(bag, 'vulnerableSoftware', `${at}.properties`);
  return software.length === 0
    ? [finding]
    : software.map((value) => softwareFinding(finding, asObject(value, `${at}.vulnerableSoftware[]`), at));
}

function softwareFinding(finding: RawFinding, software: JsonMembers, at: string): RawFinding {
  const name = wordsIn(software, 'name', at);
  if (name === undefined)
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.vulnerableSoftware[].name is missing`);
  const fixedVersion = wordsIn(software, 'fixedVersion', at);
  return {
    ...finding,
    identity: undefined,
    fix:
      software.fixedVersion === undefined
        ? undefined
        : { available: fixedVersion !== undefined, version: fixedVersion },
    location: {
      kind: 'package',
      name,
      version: wordsIn(software, 'installedVersion', at),
      path: wordsIn(software, 'packagePath', at),
      layer: wordsIn(software, 'layerSHA', at),
    },
    remediation: finding.remediation ?? (fixedVersion === undefined ? undefined : `Update ${name} to ${fixedVersion}.`),
  };
}
