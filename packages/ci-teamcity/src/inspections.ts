import { createHash } from 'node:crypto';
import { causesOf, findingsBehind } from '@scangate/core/ci';
import type { Finding, Judgement, Reason, Severity } from '@scangate/core/model';
import { findingLine, shorten, terminalText } from '@scangate/core/reporters';
import { serviceMessage } from './escape.js';

/*
 * The findings behind the verdict for the Code Inspection tab: category, type, file. Limits:
 * jetbrains.com/help/teamcity/service-messages.html#Reporting+Inspections, read 2026-11-23. Very many of them make the
 * tab slow, so there is a cap; findings.ndjson has them all.
 */

const MAX_INSPECTIONS = 1000;
const MAX_NAME_CHARS = 255;
const MAX_FIX_CHARS = 1000;

/** An unknown severity is never the least. */
const LEVELS: Record<Severity | 'unknown', string> = {
  critical: 'ERROR',
  high: 'ERROR',
  medium: 'WARNING',
  low: 'WEAK WARNING',
  info: 'INFO',
  unknown: 'WARNING',
};

/** Stable, and short whatever the scanner calls it. */
const typeIdOf = ({ scanner, vulnerability }: Finding): string =>
  `scangate.${createHash('sha256')
    .update(JSON.stringify([scanner, vulnerability.source, vulnerability.id]))
    .digest('hex')
    .slice(0, 32)}`;

const named = (text: string): string => shorten(terminalText(text), MAX_NAME_CHARS) || 'without a name';

function typeMessage(finding: Finding): string {
  const { vulnerability, remediation } = finding;
  const { id, title } = vulnerability;
  return serviceMessage('inspectionType', {
    id: typeIdOf(finding),
    name: named(title === '' || title === id ? id : `${id} ${title}`),
    // The page takes this text for HTML.
    description: htmlText(remediation ?? vulnerability.title) || 'The source says no more.',
    category: named(`scangate: ${finding.kind}`),
  });
}

const HTML = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

const htmlText = (text: string): string =>
  shorten(terminalText(text), 2000).replace(/[&<>"']/g, (unit) => HTML.get(unit) ?? unit);

/** A file of the repository where there is one; else the thing that has the weakness, so that it is found in the tree. */
function fileOf({ location, target }: Finding): string {
  const place =
    location.kind === 'file'
      ? location.path
      : location.kind === 'package'
        ? (location.path ?? location.name)
        : location.kind === 'web'
          ? location.url
          : location.kind === 'host'
            ? (location.host ?? location.ip)
            : undefined;
  return shorten(terminalText(place === undefined || place === '' ? target : place), 1000) || target;
}

function inspectionMessage(finding: Finding): string {
  const { location, severity } = finding;
  const line = location.kind === 'file' ? location.line : undefined;
  return serviceMessage('inspection', {
    typeId: typeIdOf(finding),
    message: terminalText(findingLine(finding, MAX_FIX_CHARS)),
    file: fileOf(finding),
    ...(line === undefined ? {} : { line: String(line) }),
    SEVERITY: LEVELS[severity],
  });
}

/** Whether a rule counts more than is kept to be shown. Two rules may count the same finding, so nothing is added up. */
function hasMore(reason: Reason, judgement: Judgement): boolean {
  const rule = judgement.verdict.rules.find(({ name }) => name === reason.rule);
  if (rule === undefined) return false;
  const count = reason.outcome === 'inconclusive' ? rule.missing.count : rule.observed;
  return count > findingsBehind(reason, judgement).length;
}

/** Service messages for the findings that made the verdict, each once. */
export function inspections(judgement: Judgement): string[] {
  const causes = causesOf(judgement.verdict);
  const behind = causes.flatMap((reason) => findingsBehind(reason, judgement));
  const findings = [...new Map(behind.map((finding) => [finding.fingerprint, finding])).values()];
  const shown = findings.slice(0, MAX_INSPECTIONS);
  const types = new Map(shown.map((finding) => [typeIdOf(finding), finding]));
  const isCut = findings.length > shown.length || causes.some((reason) => hasMore(reason, judgement));
  const text = `scangate: the Code Inspection tab shows ${shown.length} findings; findings.ndjson has all`;
  return [
    ...[...types.values()].map(typeMessage),
    ...shown.map(inspectionMessage),
    ...(isCut ? [serviceMessage('message', { text, status: 'NORMAL' })] : []),
  ];
}
