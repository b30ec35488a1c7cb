import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, type JsonRecord, walkJson } from '../../../wire/json.js';
import { asObject, listIn, numberIn, streamedIn, wordsIn } from '../../../wire/take.js';
import { child, childrenOf, walkXml, type XmlElement, type XmlRecord } from '../../../wire/xml.js';
import { zonedTime } from '../../normalise.js';
import type { ReportInput, ReportReader } from '../reader.js';
import { alertFindings, instanceOf, type ZapInstance } from './normalise.js';

/** A list of sites; reports before 2.7 have one site bare. */
const SITES = ['site[]', 'site'];
/** Requests and responses of the "plus" reports, which are not kept. */
const JSON_BODIES = ['request-header', 'request-body', 'response-header', 'response-body'];
const XML_BODIES = ['requestheader', 'requestbody', 'responseheader', 'responsebody'];

const jsonRecords = SITES.flatMap((site) => {
  const instance = `${site}.alerts[].instances[]`;
  return [instance, ...JSON_BODIES.map((body) => `${instance}.${body}`)];
});

const ALERT = 'OWASPZAPReport/site/alerts/alertitem';
const INSTANCE = `${ALERT}/instances/instance`;
const xmlRecords = ['OWASPZAPReport/site', ALERT, INSTANCE, 'OWASPZAPReport/site/statistics/statistic'];

/**
 * ZAP's traditional XML and JSON reports, with and without requests and responses.
 * https://www.zaproxy.org/docs/desktop/addons/report-generation/templates/ (read 2026-11-23).
 *
 * ZAP lists every site that it accessed, with or without alerts; that list is the evidence of a scan. Dates without a
 * time zone (`generated`) are left out. Insights of the levels Medium and High, at which ZAP itself advises to stop the
 * scan and to look, make the scan incomplete.
 */
export const zap: ReportReader = {
  format: 'zap',
  title: 'ZAP traditional XML and JSON',
  recognise: ({ syntax, paths, root }) =>
    syntax === 'xml'
      ? root?.name === 'OWASPZAPReport'
      : syntax === 'json' &&
        (paths.has('@version') || paths.has('@programName')) &&
        (paths.has('site') || paths.get('@programName') === 'ZAP'),
  read: (input) => (input.head.syntax === 'xml' ? readXml(input) : readJson(input)),
};

interface ReadState {
  instances: ZapInstance[];
  sites: string[];
  problems: ScanProblem[];
  root: JsonMembers;
  insights: JsonMembers[];
}

const newState = (): ReadState => ({ instances: [], sites: [], problems: [], root: {}, insights: [] });

async function* readJson({ chunks }: ReportInput): AsyncGenerator<RawFinding[], ScanStatement, undefined> {
  const state = newState();
  for await (const batch of walkJson(chunks, { records: jsonRecords })) {
    yield batch.flatMap((record) => takeJson(record, state));
  }
  return statement(state);
}

function takeJson({ at, value, scope }: JsonRecord, state: ReadState): RawFinding[] {
  if (at.endsWith('.instances[]')) state.instances.push(instanceOf(asObject(value, at), at));
  else if (at.endsWith('.alerts[]')) {
    const members = asObject(value, at);
    const listed = streamedIn(members, 'instances', at);
    return takeAlert(members, wordsIn(scope.at(-1) ?? {}, '@name', 'site'), listed !== undefined, state, at);
  } else if (SITES.includes(at)) {
    const site = asObject(value, at);
    streamedIn(site, 'alerts', at);
    state.sites.push(wordsIn(site, '@name', at) ?? wordsIn(site, '@host', at) ?? 'a site without a name');
  } else if (at === '') {
    state.root = asObject(value, 'report');
    if (state.sites.length === 0) streamedIn(state.root, 'site', '');
    state.insights = listIn(state.root, 'insights', 'report').map((entry) => asObject(entry, 'insights[]'));
  }
  return [];
}

async function* readXml({ chunks }: ReportInput): AsyncGenerator<RawFinding[], ScanStatement, undefined> {
  const state = newState();
  for await (const batch of walkXml(chunks, { records: xmlRecords, skip: XML_BODIES })) {
    yield batch.flatMap((record) => takeXml(record, state));
  }
  return statement(state);
}

function takeXml({ at, element, scope }: XmlRecord, state: ReadState): RawFinding[] {
  if (at === INSTANCE) state.instances.push(instanceOf(membersOf(element), 'instance'));
  else if (at === ALERT) {
    const site = scope.find(({ name }) => name === 'site');
    return takeAlert(
      membersOf(element),
      site?.attributes.name,
      child(element, 'instances') !== undefined,
      state,
      'alertitem',
    );
  } else if (at === 'OWASPZAPReport/site') {
    if (child(element, 'alertitem')) {
      throw new ScangateError('SCANGATE_REPORT_SHAPE', 'site holds an alertitem outside of alerts');
    }
    state.sites.push(element.attributes.name ?? element.attributes.host ?? 'a site without a name');
  } else if (at === 'OWASPZAPReport') {
    for (const [key, value] of Object.entries(element.attributes)) state.root[`@${key}`] = value;
    state.root.created = element.attributes.created;
    state.insights = childrenOf(child(element, 'insights'), 'insight').map(membersOf);
  }
  return [];
}

/** Children by name, the first of each, as the JSON report has them. */
function membersOf(element: XmlElement): JsonMembers {
  const members = Object.create(null) as JsonMembers;
  for (const { name, text, children } of element.children) {
    if (Object.hasOwn(members, name)) continue;
    if (name === 'tags') members[name] = children.map(membersOf);
    else if (name !== 'instances') members[name] = textOnly(name, text, children);
  }
  return members;
}

function textOnly(name: string, text: string, children: readonly XmlElement[]): string {
  if (children.length > 0)
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `<${excerpt(name)}>: expected text, got elements`);
  return text;
}

function takeAlert(
  members: JsonMembers,
  site: string | undefined,
  hasList: boolean,
  state: ReadState,
  at: string,
): RawFinding[] {
  const { instances } = state;
  state.instances = [];
  const findings = alertFindings({ members, instances }, site, at);
  // Newer reports may count a problem of the whole site by a word.
  const count = /^systemic$/i.test(wordsIn(members, 'count', at) ?? '') ? undefined : numberIn(members, 'count', at);
  const shown = hasList ? instances.length : findings.length;
  if (count !== undefined && count > shown) {
    state.problems.push({
      code: 'SCANGATE_SCAN_COUNT_MISMATCH',
      message: `ZAP counts ${count} instances of "${excerpt(findings[0]?.vulnerability.title ?? '')}" and lists ${shown}`,
      mend: 'write the report with all instances of each alert; what is not listed cannot be judged',
    });
  }
  return findings;
}

/** Levels at which ZAP advises to look at the scan. Half-full memory is the exception: it costs no request. */
const isTrouble = (insight: JsonMembers): boolean => {
  const level = wordsIn(insight, 'level', 'insights[]')?.toLowerCase();
  return level === 'high' || (level === 'medium' && wordsIn(insight, 'key', 'insights[]') !== 'insight.memory.usage');
};

function insightProblem(insight: JsonMembers): ScanProblem {
  const at = 'insights[]';
  const key = wordsIn(insight, 'key', at) ?? 'an insight';
  const statistic = wordsIn(insight, 'statistic', at);
  const site = wordsIn(insight, 'site', at);
  const message = `ZAP reports ${wordsIn(insight, 'description', at) ?? key}: ${statistic ?? '?'}${site === undefined ? '' : ` on ${site}`} (${key})`;
  if (key === 'insight.auth.failure') {
    return {
      code: 'SCANGATE_SCAN_AUTH_FAILED',
      message,
      mend: 'correct the authentication of the ZAP context and scan again',
    };
  }
  if (key === 'insight.network.failure' && Number.parseFloat(statistic ?? '') >= 100) {
    return {
      code: 'SCANGATE_SCAN_NOTHING_REACHED',
      message,
      mend: 'check that the target was up and reachable from ZAP during the scan',
    };
  }
  return {
    code: 'SCANGATE_SCAN_INCOMPLETE',
    message,
    mend: 'look at the insights of ZAP, mend the cause and scan again',
  };
}

/** Errors of the automation plan, where the report was made with them. */
function planProblem(root: JsonMembers): ScanProblem[] {
  const errors = listIn(root, 'afPlanErrors', 'report').map((error) =>
    typeof error === 'string' ? error : JSON.stringify(error),
  );
  if (errors.length === 0) return [];
  return [
    {
      code: 'SCANGATE_SCAN_INCOMPLETE',
      message: `the automation plan of ZAP had errors: ${excerpt(errors.join('; '), 200)}`,
      mend: 'mend the plan and scan again',
    },
  ];
}

const MAX_SITES = 5;

function statement({ sites, problems, root, insights }: ReadState): ScanStatement {
  const named = `${sites.slice(0, MAX_SITES).join(', ')}${sites.length > MAX_SITES ? ', ...' : ''}`;
  if (sites.length === 0) {
    problems.push({
      code: 'SCANGATE_SCAN_NOTHING_REACHED',
      message: 'the report lists no site: ZAP reached nothing',
      mend: 'check that the target was up and reachable from ZAP, and that the report was not limited to other sites',
    });
  }
  problems.push(...insights.filter(isTrouble).map(insightProblem), ...planProblem(root));
  return {
    tool: { name: 'ZAP', version: wordsIn(root, '@version', 'report') },
    subject: sites.length > 0 ? named : undefined,
    finishedAt: zonedTime(wordsIn(root, 'created', 'report') ?? wordsIn(root, '@created', 'report')),
    evidence:
      sites.length > 0
        ? `ZAP lists ${sites.length} ${sites.length === 1 ? 'site' : 'sites'} that it accessed: ${named}`
        : undefined,
    problems,
  };
}
