import type { FindingKind, RawFinding } from '../../../model/finding.js';
import { severityOfWord } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { listIn, numberIn, objectIn, requiredTextIn, textsIn, wordsIn } from '../../../wire/take.js';
import { checkedScore, scoreOfVector } from '../../cvss.js';
import { aliasList, cvssVersion, maskSecret } from '../../normalise.js';

/*
 * `code_block`, `evaluations` and `breadcrumbs` of a check are never read: they hold the lines of the source, and with
 * them the passwords that many checks are about.
 */

/** One element of `failed_checks` or `skipped_checks`; `checkType` is the runner, such as `terraform` or `secrets`. */
export function checkFinding(check: JsonMembers, checkType: string, at: string): RawFinding {
  const details = objectIn(check, 'vulnerability_details', at);
  if (details && wordsIn(details, 'id', `${at}.vulnerability_details`) !== undefined)
    return packageFinding(check, details, at);
  const kind = kindOf(check, details, checkType, at);
  const id = requiredTextIn(check, 'check_id', at);
  const guideline = wordsIn(check, 'guideline', at);
  return {
    vulnerability: {
      source: 'checkov',
      id,
      title:
        (kind === 'control' ? wordsIn(check, 'short_description', at) : undefined) ??
        wordsIn(check, 'check_name', at) ??
        id,
      aliases: aliasList(id, [wordsIn(check, 'bc_check_id', at) ?? '']),
      links: guideline === undefined ? undefined : [guideline],
    },
    kind,
    ...severityOf(check, undefined, at),
    location: kind === 'control' && details ? packageLocation(check, details, at) : fileLocation(check, kind, at),
    description: wordsIn(check, 'description', at),
    remediation: remediationOf(check, kind, guideline, at),
    evidence: evidenceOf(check, at),
  };
}

/** A check is a misconfiguration unless its runner looks for secrets, for licences or into program code. */
function kindOf(check: JsonMembers, details: JsonMembers | undefined, checkType: string, at: string): FindingKind {
  const origin = wordsIn(check, 'check_class', at) ?? '';
  if (checkType === 'secrets' || origin.startsWith('checkov.secrets') || /^CKV_SECRET_/.test(String(check.check_id)))
    return 'secret';
  if (details && wordsIn(details, 'license', at) !== undefined) return 'control';
  return checkType.startsWith('sast') ? 'confirmed' : 'misconfiguration';
}

/** Checkov gives severities only with an account of the platform; without one they are null. */
function severityOf(
  check: JsonMembers,
  fallback: string | undefined,
  at: string,
): Pick<RawFinding, 'severity' | 'vendorSeverity'> {
  const word = wordsIn(check, 'severity', at) ?? fallback;
  return { severity: severityOfWord(word), vendorSeverity: word };
}

/** Checkov begins paths with a slash though they are relative to the folder that was scanned. */
const pathOf = (check: JsonMembers, at: string): string => {
  const path = requiredTextIn(check, 'file_path', at);
  return path.replace(/^\/+/, '') || path;
};

function fileLocation(check: JsonMembers, kind: FindingKind, at: string): RawFinding['location'] {
  const range = listIn(check, 'file_line_range', at);
  const lines: JsonMembers = { start: range[0], end: range[1] };
  const resource = wordsIn(check, 'resource_address', at) ?? wordsIn(check, 'resource', at);
  return {
    kind: 'file',
    path: pathOf(check, at),
    line: numberIn(lines, 'start', `${at}.file_line_range`) || undefined,
    endLine: numberIn(lines, 'end', `${at}.file_line_range`) || undefined,
    // The resource of a secret is a plain hash of it, which a short password does not survive.
    resource: kind === 'secret' ? maskSecret(resource) : resource,
  };
}

function packageLocation(check: JsonMembers, details: JsonMembers, at: string): RawFinding['location'] {
  return {
    kind: 'package',
    name: requiredTextIn(details, 'package_name', `${at}.vulnerability_details`),
    version: wordsIn(details, 'package_version', at),
    ecosystem: wordsIn(details, 'package_type', at),
    path: pathOf(check, at),
  };
}

function remediationOf(
  check: JsonMembers,
  kind: FindingKind,
  guideline: string | undefined,
  at: string,
): string | undefined {
  if (kind === 'secret') return 'Revoke the secret, then remove it from the file and its history.';
  const fixed = typeof check.fixed_definition === 'string' ? wordsIn(check, 'fixed_definition', at) : undefined;
  if (fixed !== undefined) return `Change the definition to:\n${fixed}`;
  return guideline === undefined ? undefined : `Follow the guideline: ${guideline}`;
}

function evidenceOf(check: JsonMembers, at: string): string | undefined {
  const result = objectIn(check, 'check_result', at) ?? {};
  const keys = textsIn(result, 'evaluated_keys', `${at}.check_result`).filter((key) => key !== '');
  const origin = wordsIn(check, 'check_class', at);
  const parts = [origin, keys.length > 0 ? `evaluated keys: ${keys.join(', ')}` : undefined].filter(
    (part) => part !== undefined,
  );
  return parts.length > 0 ? parts.join('; ') : undefined;
}

/** A vulnerable package, from the runners `sca_package` and `sca_image`. */
function packageFinding(check: JsonMembers, details: JsonMembers, at: string): RawFinding {
  const inside = `${at}.vulnerability_details`;
  const id = requiredTextIn(details, 'id', inside);
  const name = requiredTextIn(details, 'package_name', inside);
  const version = fixedVersion(details, inside);
  const link = wordsIn(details, 'link', inside);
  return {
    vulnerability: {
      source: 'checkov',
      id,
      title: wordsIn(check, 'short_description', at) ?? id,
      aliases: /^CVE-/i.test(id) ? [] : undefined,
      links: link === undefined ? undefined : [link],
    },
    kind: 'confirmed',
    ...severityOf(check, wordsIn(details, 'severity', inside), at),
    cvss: scoresOf(details, inside),
    fix: fixOf(details, version, inside),
    state: wordsIn(details, 'status', inside),
    location: packageLocation(check, details, at),
    description: wordsIn(details, 'description', inside) ?? wordsIn(check, 'description', at),
    remediation: version === undefined ? undefined : `Update ${name} to ${version}.`,
  };
}

/** `N/A` is Checkov's word for a package without a fix. */
function fixedVersion(details: JsonMembers, at: string): string | undefined {
  const version = wordsIn(details, 'lowest_fixed_version', at) ?? wordsIn(details, 'fix_version', at);
  return version === 'N/A' ? undefined : version;
}

function fixOf(details: JsonMembers, version: string | undefined, at: string): RawFinding['fix'] {
  if (version !== undefined) return { available: true, version };
  return wordsIn(details, 'lowest_fixed_version', at) === 'N/A' ? { available: false } : undefined;
}

function scoresOf(details: JsonMembers, at: string): RawFinding['cvss'] {
  const score = numberIn(details, 'cvss', at);
  const vector = wordsIn(details, 'vector', at);
  const version = cvssVersion(vector);
  if (vector === undefined || version === undefined) return undefined;
  return [score === undefined ? scoreOfVector(vector, at) : checkedScore({ version, score, vector }, `${at}.cvss`)];
}

/** Why a check was skipped: the comment of the suppression, where its author wrote one. */
export function skippedReason(check: JsonMembers, at: string): string {
  const result = objectIn(check, 'check_result', at) ?? {};
  return wordsIn(result, 'suppress_comment', `${at}.check_result`) ?? 'suppressed in the source, without a comment';
}
