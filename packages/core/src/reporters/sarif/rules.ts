import type { Finding } from '../../model/finding.js';
import { brief, identifiersOf } from '../describe.js';
import { jsonText } from '../escape/json.js';
import { markdownText } from '../escape/markdown.js';
import { sarifText } from '../escape/sarif.js';
import { oneLine, shorten } from '../escape/shorten.js';
import { levelOf, securitySeverity } from './severity.js';

/** GitHub's limits (its page on SARIF support, read 2026-11-23). */
const MAX_DESCRIPTION_CHARS = 1024;
const MAX_TAGS = 20;

const MAX_HELP_CHARS = 1500;
const MAX_TAG_CHARS = 100;
const MAX_ID_CHARS = 200;

/** What makes one SARIF rule: `security-severity` stands on the rule, so each severity needs one of its own. */
export const ruleKey = ({ vulnerability: { source, id }, severity }: Finding): string =>
  `${source}\n${id}\n${severity}`;

/** Depends on the finding alone, so that it is the same in every run. */
export const ruleId = ({ vulnerability: { source, id }, severity }: Finding): string =>
  sarifText(`${brief(source, MAX_TAG_CHARS)}/${brief(id, MAX_ID_CHARS)}/${severity}`);

/** A vulnerability as a `reportingDescriptor`, in JSON. */
export function ruleJson(finding: Finding): string {
  const { vulnerability, severity, cvss } = finding;
  const text = (raw: string): string =>
    shorten(oneLine(sarifText(brief(raw, MAX_DESCRIPTION_CHARS))), MAX_DESCRIPTION_CHARS);
  const id = ruleId(finding);
  const name = oneLine(sarifText(brief(vulnerability.id, MAX_ID_CHARS)));
  const title = text(vulnerability.title) || id;
  const help = helpParts(finding);
  const score = securitySeverity(severity, cvss);
  const link = vulnerability.links?.find(isWebLink);
  return jsonText({
    id,
    ...(name === '' ? {} : { name }),
    shortDescription: { text: title },
    fullDescription: { text: text(finding.description ?? '') || title },
    help: { text: helpText(help), markdown: helpMarkdown(help) },
    ...(link === undefined ? {} : { helpUri: link }),
    defaultConfiguration: { level: levelOf(severity) },
    properties: { tags: tagsOf(finding), ...(score === undefined ? {} : { 'security-severity': score }) },
  });
}

type HelpPart = readonly [heading: string, text: string];

function helpParts(finding: Finding): HelpPart[] {
  const { description, impact, remediation, vulnerability, fix } = finding;
  const links = vulnerability.links?.slice(0, 5).join('\n');
  const parts: [string, string | undefined][] = [
    ['Vulnerability', `${identifiersOf(finding)}: ${brief(vulnerability.title, MAX_DESCRIPTION_CHARS)}`],
    ['Description', description],
    ['Impact', impact],
    ['Remediation', remediation ?? (fix?.version === undefined ? undefined : `Update to ${fix.version}.`)],
    ['References', links],
  ];
  return parts.flatMap(([heading, text]) =>
    text === undefined || text === '' ? [] : [[heading, shorten(text, MAX_HELP_CHARS)] as const],
  );
}

/** Without the description: it stands in `fullDescription`, and the file is limited. */
const helpText = (parts: readonly HelpPart[]): string =>
  parts
    .filter(([heading]) => heading !== 'Description')
    .map(([heading, text]) => `${heading}: ${sarifText(text)}`)
    .join('\n');

const helpMarkdown = (parts: readonly HelpPart[]): string =>
  parts.map(([heading, text]) => `**${heading}**: ${text.split('\n').map(markdownText).join('  \n')}`).join('\n\n');

const WEB_LINK =
  /^https:\/\/[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+(?::\d+)?(?:\/(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9a-f]{2})*)?(?:#[\w.~/-]*)?$/i;

/**
 * The link is clickable in the viewer, and it comes from the report: `https` and a plain host only. SARIF Multitool 5.7.0
 * stops without a word at an address that .NET cannot read.
 */
const isWebLink = (link: string): boolean => link.length <= 500 && WEB_LINK.test(link) && URL.canParse(link);

function tagsOf({ kind, vulnerability: { aliases = [], cwe = [], owasp = [] } }: Finding): string[] {
  const weaknesses = cwe.map((number) => `external/cwe/cwe-${String(number).padStart(3, '0')}`);
  const tags = [
    'security',
    kind,
    ...weaknesses,
    ...[...aliases, ...owasp].map((name) => sarifText(brief(name, MAX_TAG_CHARS))),
  ];
  return [...new Set(tags)].slice(0, MAX_TAGS);
}
