import type { Finding, Location } from '../../model/finding.js';
import type { JudgedFinding } from '../../model/judged.js';
import { FINDING_KINDS } from '../../model/kinds.js';
import { brief, fixOf, identifiersOf, placeOf, severityOf, titleOf, whereOf } from '../describe.js';
import { jsonText } from '../escape/json.js';
import { sarifText } from '../escape/sarif.js';
import { oneLine, shorten } from '../escape/shorten.js';
import { levelOf } from './severity.js';
import { relativeUri } from './uri.js';

const MAX_FIX_CHARS = 400;
const MAX_VALUE_CHARS = 300;
const MAX_SCORES = 6;

/** Left out for what they are, not because somebody decided so: they are counted in the run's properties only. */
const NATURES: ReadonlySet<string> = new Set([...FINDING_KINDS, 'fixed']);

/** Whether a finding becomes a result: it counts, a rule looks at it, or somebody set it aside. */
export const isResult = ({ leftOut, rules, undecided }: JudgedFinding): boolean =>
  leftOut === undefined || rules.length > 0 || undecided.length > 0 || !NATURES.has(leftOut);

/** Set aside by a decision that no rule of the policy overrules. */
export const isSuppressed = ({ leftOut, rules, undecided }: JudgedFinding): boolean =>
  leftOut !== undefined && rules.length === 0 && undecided.length === 0 && !NATURES.has(leftOut);

export interface ResultParts {
  /** Physical location in JSON. Undefined: anchored on the file of the policy, whose name is known only at the end. */
  physical: string | undefined;
  /** Every member after the physical location, in JSON, up to the closing brace of the result. */
  rest: string;
}

/** A finding as the parts of a SARIF `result`. */
export function resultParts(judged: JudgedFinding, ruleNames: readonly string[]): ResultParts {
  const { finding } = judged;
  const place = placeOf(finding);
  const where = whereOf(finding, place);
  const name = oneLine(sarifText(place)) || sarifText(finding.target);
  const rest = {
    logicalLocations: [{ name, fullyQualifiedName: sarifText(where), kind: 'resource' }],
  };
  const members = {
    level: levelOf(finding.severity),
    message: { text: messageOf(finding, where) },
    partialFingerprints: { 'scangateFinding/v1': finding.fingerprint },
    ...(isSuppressed(judged) ? { suppressions: [suppressionOf(judged)] } : {}),
    properties: propertiesOf(judged, ruleNames),
  };
  return { physical: physicalOf(finding.location), rest: `${jsonText(rest).slice(1)}],${jsonText(members).slice(1)}` };
}

/** The first sentence is what GitHub shows as the title. */
const messageOf = (finding: Finding, where: string): string =>
  sarifText(
    `${titleOf(finding).replace(/\.$/, '')}. ${severityOf(finding)}, ${identifiersOf(finding)}. Where: ${where}. Fix: ${fixOf(finding, MAX_FIX_CHARS)}`,
  );

const suppressionOf = ({ finding: { ignored }, leftOut }: JudgedFinding) => ({
  kind: 'external',
  status: 'accepted',
  justification: sarifText(
    brief(ignored === undefined ? `${leftOut}` : `${leftOut}: ${ignored.reason}`, MAX_VALUE_CHARS),
  ),
});

function physicalOf(location: Location): string | undefined {
  if (location.kind !== 'file') return undefined;
  const uri = relativeUri(location.path);
  return uri === undefined ? undefined : physicalLocation(uri, location.line, location.endLine);
}

/** A `physicalLocation` in JSON; line 1 where none is known, as GitHub shows nothing without a line. */
export function physicalLocation(uri: string, line = 1, endLine = line): string {
  const startLine = Math.max(line, 1);
  return jsonText({ artifactLocation: { uri }, region: { startLine, ...(endLine > startLine ? { endLine } : {}) } });
}

/** Data for machines, not a message: cut to size, otherwise as the source has it. */
const value = (text: string): string => shorten(text, MAX_VALUE_CHARS);

function propertiesOf({ finding, rules, undecided }: JudgedFinding, ruleNames: readonly string[]) {
  const names = (indexes: readonly number[]): string[] =>
    indexes.map((index) => value(ruleNames[index] ?? String(index)));
  const { scanner, target, kind, severity, vendorSeverity, status, knownExploited, pci, epss, qds, fix, state } =
    finding;
  return {
    scanner,
    target,
    kind,
    severity,
    vendorSeverity: vendorSeverity === undefined ? undefined : value(vendorSeverity),
    rules: names(rules),
    undecidedRules: undecided.length > 0 ? names(undecided) : undefined,
    cvss: finding.cvss?.slice(0, MAX_SCORES).map(shortTexts),
    fixAvailable: fix?.available,
    fixedVersion: fix?.version === undefined ? undefined : value(fix.version),
    status,
    knownExploited,
    pci,
    epss,
    qds,
    state: state === undefined ? undefined : value(state),
    location: shortTexts(finding.location),
  };
}

/** The same members with each text cut to size. */
function shortTexts(members: object): Record<string, unknown> {
  const short: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(members)) short[key] = typeof member === 'string' ? value(member) : member;
  return short;
}
