import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { textAt, walkXml, type XmlElement, type XmlRecord } from '../../../wire/xml.js';
import { isoTime } from '../../normalise.js';
import { counted, listNames, MAX_NAMES, scanProblem } from '../../problem.js';
import type { ReportReader } from '../reader.js';
import {
  complianceFinding,
  complianceResult,
  hostOf,
  itemFinding,
  type NessusHost,
  propertiesOf,
} from './normalise.js';

/** The policy holds thousands of settings: it is a record so that it is let go. */
const records = [
  'NessusClientData_v2/Policy',
  'NessusClientData_v2/Report/ReportHost',
  'NessusClientData_v2/Report/ReportHost/ReportItem',
];

/** Plugins that report on the scan itself. */
const SCAN_INFORMATION = '19506';
const PING = '10180';
/** "Target Credential Status ... Failure for Provided Credentials" and "OS Security Patch Assessment Failed". */
const LOGIN_FAILURES = ['104410', '21745'];

/**
 * Nessus files, version 2. https://docs.tenable.com/quick-reference/nessus-file-format/ (read 2026-11-23).
 *
 * Nessus writes the end of the scan into each host (`HOST_END`): hosts that have it are the evidence. A scan without
 * credentials is a choice of the policy and no problem; credentials that were refused are one.
 */
export const nessus: ReportReader = {
  format: 'nessus',
  title: 'Nessus file (.nessus, version 2)',
  recognise: ({ root }) => root?.name === 'NessusClientData_v2',
  async *read({ chunks }) {
    const state: ReadState = {
      current: undefined,
      version: undefined,
      policy: undefined,
      report: undefined,
      hosts: newHosts(),
      passed: 0,
    };
    for await (const batch of walkXml(chunks, { records })) {
      const findings: RawFinding[] = [];
      for (const record of batch) take(record, state, findings);
      yield findings;
    }
    return statement(state);
  },
};

/** A count that is complete, and the first names. */
interface Named {
  count: number;
  names: string[];
}

interface Hosts {
  finished: Named;
  unfinished: Named;
  dead: Named;
  refused: Named;
  erred: Named;
  /** Finished hosts that were looked at from outside only. */
  withoutLogin: number;
  /** Epoch seconds, UTC; the host's other dates name no zone. */
  start: number | undefined;
  end: number | undefined;
}

interface ReadState {
  /** The host whose items are being read. */
  current: { element: XmlElement; host: NessusHost } | undefined;
  version: string | undefined;
  policy: string | undefined;
  report: XmlElement | undefined;
  hosts: Hosts;
  /** Compliance checks. */
  passed: number;
}

const none = (): Named => ({ count: 0, names: [] });

const newHosts = (): Hosts => ({
  finished: none(),
  unfinished: none(),
  dead: none(),
  refused: none(),
  erred: none(),
  withoutLogin: 0,
  start: undefined,
  end: undefined,
});

function note(named: Named, name: string): void {
  named.count++;
  if (named.names.length < MAX_NAMES && !named.names.includes(name)) named.names.push(name);
}

function take({ element, scope }: XmlRecord, state: ReadState, findings: RawFinding[]): void {
  if (element.name === 'Policy') state.policy = textAt(element, 'policyName');
  else if (element.name === 'ReportItem') takeItem(element, scope.at(-1) as XmlElement, state, findings);
  else if (element.name === 'ReportHost') takeHost(element, state.hosts);
  else if (element.name === 'Report') state.report = element;
}

function takeItem(item: XmlElement, hostElement: XmlElement, state: ReadState, findings: RawFinding[]): void {
  if (state.current?.element !== hostElement) state.current = { element: hostElement, host: hostOf(hostElement) };
  const { host } = state.current;
  const result = complianceResult(item);
  if (result !== undefined) {
    if (result === 'PASSED') state.passed++;
    if (result === 'ERROR') note(state.hosts.erred, textAt(item, 'compliance-check-name') ?? host.name);
    const finding = complianceFinding(item, host, result);
    if (finding) findings.push(finding);
    return;
  }
  const finding = itemFinding(item, host);
  findings.push(finding);
  const { id } = finding.vulnerability;
  if (id === SCAN_INFORMATION) state.version ??= /^Nessus version\s*:\s*(\S+)/m.exec(finding.evidence ?? '')?.[1];
  if (id === PING && /considered as dead|host is (?:dead|down)/i.test(finding.evidence ?? ''))
    note(state.hosts.dead, host.name);
  if (LOGIN_FAILURES.includes(id)) note(state.hosts.refused, host.name);
}

function takeHost(element: XmlElement, hosts: Hosts): void {
  const { name } = hostOf(element);
  const unknown = element.children.find((one) => one.name !== 'HostProperties');
  if (unknown) {
    throw new ScangateError(
      'SCANGATE_REPORT_SHAPE',
      `ReportHost holds <${excerpt(unknown.name)}>, which is not known; it may be a finding`,
    );
  }
  const properties = propertiesOf(element);
  note((properties.get('HOST_END') ?? '') === '' ? hosts.unfinished : hosts.finished, name);
  if (properties.get('Credentialed_Scan')?.toLowerCase() === 'false') hosts.withoutLogin++;
  const start = Number(properties.get('HOST_START_TIMESTAMP'));
  const end = Number(properties.get('HOST_END_TIMESTAMP'));
  if (start > 0) hosts.start = Math.min(hosts.start ?? start, start);
  if (end > 0) hosts.end = Math.max(hosts.end ?? end, end);
}

function statement({ version, policy, report, hosts, passed }: ReadState): ScanStatement {
  const { finished, unfinished } = hosts;
  const total = finished.count + unfinished.count;
  const login = hosts.withoutLogin > 0 ? `, ${hosts.withoutLogin} without credentials` : '';
  const checks = passed > 0 ? `, ${counted(passed, 'compliance check')} passed` : '';
  const of = [report?.attributes.name?.trim(), listNames([...finished.names, ...unfinished.names], total)];
  return {
    tool: { name: 'Nessus', version },
    subject: of.filter((part) => part !== undefined && part !== '').join(': ') || undefined,
    startedAt: timeOf(hosts.start),
    finishedAt: timeOf(hosts.end),
    evidence:
      finished.count > 0
        ? `Nessus finished ${counted(finished.count, 'host')}${policy === undefined ? '' : ` with the policy "${policy}"`}${login}${checks}`
        : undefined,
    problems: problemsOf(hosts, report !== undefined && total === 0),
  };
}

const timeOf = (epochSeconds: number | undefined): string | undefined =>
  epochSeconds === undefined ? undefined : isoTime(epochSeconds * 1000);

function problemsOf({ unfinished, dead, refused, erred }: Hosts, isEmpty: boolean): ScanProblem[] {
  const problems: ScanProblem[] = [];
  const add = (code: Parameters<typeof scanProblem>[0], { count, names }: Named, message: string): void => {
    if (count > 0) problems.push(scanProblem(code, `${message}: ${listNames(names, count)}`));
  };
  if (isEmpty)
    problems.push(scanProblem('SCANGATE_SCAN_NOTHING_REACHED', 'the report has no host: none answered the scan'));
  add('SCANGATE_SCAN_INCOMPLETE', unfinished, `the scan did not finish ${counted(unfinished.count, 'host')}`);
  add('SCANGATE_SCAN_INCOMPLETE', dead, `${counted(dead.count, 'host')} did not answer the scan`);
  add('SCANGATE_SCAN_AUTH_FAILED', refused, `credentials were refused (${counted(refused.count, 'report')})`);
  add('SCANGATE_SCAN_INCOMPLETE', erred, `${counted(erred.count, 'compliance check')} ended with an error`);
  return problems;
}
