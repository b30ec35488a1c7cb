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
  const title = sarifText(brief(vulnerability.title, MAX_DESCRIPTION_CHARS));
  const description = sarifText(oneLine(shorten(finding.description ?? vulnerability.title, MAX_DESCRIPTION_CHARS)));
  const help = helpParts(finding);
  const score = securitySeverity(severity, cvss);
  const link = vulnerability.links?.find(isWebLink);
  return jsonText({
    id: ruleId(finding),
    name: sarifText(brief(vulnerability.id, MAX_ID_CHARS)),
    shortDescription: { text: shorten(title, MAX_DESCRIPTION_CHARS) },
    fullDescription: { text: shorten(description, MAX_DESCRIPTION_CHARS) },
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

const helpText = (parts: readonly HelpPart[]): string =>
  parts.map(([heading, text]) => `${heading}: ${sarifText(text)}`).join('\n');

const helpMarkdown = (parts: readonly HelpPart[]): string =>
  parts.map(([heading, text]) => `**${heading}**: ${text.split('\n').map(markdownText).join('  \n')}`).join('\n\n');

/** Only `https`: the link is clickable in the viewer, and it comes from the report. */
function isWebLink(link: string): boolean {
  return link.length <= 500 && /^https:\/\/[!-~]+$/.test(link) && URL.canParse(link) && !/["<>\\^`{|}]/.test(link);
}

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
