import { excerpt } from '../../../errors.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { child, childrenOf, descend, textAt, type XmlElement } from '../../../wire/xml.js';
import { counted, listNames, scanProblem } from '../../problem.js';
import { countOf, type RefusedLogins } from '../../qualys-host.js';

/** What was seen of the report when it is over. */
export interface ReadState {
  hosts: number;
  /** Hosts that have an error in place of detections. */
  failedHosts: string[];
  detections: number;
  refused: RefusedLogins;
  /** The root, emptied of hosts and glossary. */
  root: XmlElement | undefined;
}

export function statement(state: ReadState): ScanStatement {
  const { root, hosts } = state;
  const header = child(root, 'HEADER');
  const filters = filtersOf(textAt(root, 'APPENDICES', 'TEMPLATE_DETAILS', 'FILTER_SUMMARY'));
  return {
    tool: { name: 'Qualys VM' },
    subject: subjectOf(child(header, 'TARGET')),
    evidence: evidence(state, filters),
    problems: [
      ...childrenOf(root, 'ERROR').map((error) =>
        scanProblem('SCANGATE_SCAN_FAILED', `the report could not be made: ${excerpt(error.text, 200)}`),
      ),
      ...hostProblems(state),
      ...countProblems(state),
      ...state.refused.problems(),
      ...(hosts > 0 || child(root, 'APPENDICES') ? templateProblems(root, filters) : []),
    ],
  };
}

function subjectOf(target: XmlElement | undefined): string | undefined {
  const groups = childrenOf(child(target, 'USER_ASSET_GROUPS'), 'ASSET_GROUP_TITLE');
  const tags = childrenOf(descend(target, 'ASSET_TAG_LIST', 'INCLUDED_TAGS'), 'ASSET_TAG');
  const names = [...groups, ...tags].map(({ text }) => text.trim());
  const ranges = rangesOf(child(target, 'COMBINED_IP_LIST') ?? child(target, 'USER_IP_LIST'));
  const all = [...names, ...ranges];
  return all.length > 0 ? listNames(all) : undefined;
}

function rangesOf(list: XmlElement | undefined): string[] {
  return childrenOf(list, 'RANGE').map((range) => {
    const start = textAt(range, 'START') ?? '?';
    const end = textAt(range, 'END') ?? '?';
    return start === end ? excerpt(start) : excerpt(`${start}-${end}`);
  });
}

/** A host is in the report once it was scanned; what the template leaves out by the vendor's own judgement is named. */
function evidence({ hosts }: ReadState, filters: readonly Filter[]): string | undefined {
  if (hosts === 0) return undefined;
  const excluded = filters.filter(({ name, value }) => /^exclude\b/i.test(name) && !/^off$/i.test(value));
  const note =
    excluded.length > 0
      ? `; left out by its template: ${listNames(excluded.map(({ name, value }) => `${name}: ${value}`))}`
      : '';
  return `The report lists ${counted(hosts, 'scanned host')}${note}`;
}

function hostProblems({ root, failedHosts }: ReadState): ScanProblem[] {
  const problems: ScanProblem[] = [];
  if (failedHosts.length > 0)
    problems.push(scanProblem('SCANGATE_SCAN_INCOMPLETE', `hosts could not be reported: ${listNames(failedHosts)}`));
  const unseen = rangesOf(descend(root, 'APPENDICES', 'NO_RESULTS', 'IP_LIST'));
  if (unseen.length > 0) {
    problems.push(
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `hosts of the target have no scan results: ${listNames(unseen)}`,
        'scan these hosts, or take them out of the target of the report',
      ),
    );
  }
  return problems;
}

/** The summary counts what the hosts list, information included. More than the list means that detections are missing. */
function countProblems({ root, detections }: ReadState): ScanProblem[] {
  const total = countOf(textAt(root, 'HEADER', 'RISK_SCORE_SUMMARY', 'TOTAL_VULNERABILITIES'), 'TOTAL_VULNERABILITIES');
  if (total === undefined || total <= detections) return [];
  return [
    scanProblem(
      'SCANGATE_SCAN_COUNT_MISMATCH',
      `RISK_SCORE_SUMMARY counts ${total} vulnerabilities, and the hosts list ${detections}`,
    ),
  ];
}

interface Filter {
  name: string;
  value: string;
}

/** `Status:New, Active`, or the name on one line and the value on the next; a section name stands before its filters. */
function filtersOf(summary: string | undefined): Filter[] {
  const filters: Filter[] = [];
  let open = '';
  for (const line of summary?.split('\n') ?? []) {
    const [, name, value = ''] = /^([^:]+):\s*(.*)$/.exec(line.trim()) ?? [];
    if (name === undefined) {
      if (line.trim() !== '' && open !== '') filters.push({ name: open, value: line.trim() });
      open = '';
    } else if (value.trim() === '') open = name.trim();
    else filters.push({ name: open === '' ? name.trim() : `${open} ${name.trim()}`, value: value.trim() });
  }
  return filters;
}

/** A template that shows chosen vulnerabilities only hides all others from the gate. */
function templateProblems(root: XmlElement | undefined, filters: readonly Filter[]): ScanProblem[] {
  const details = descend(root, 'APPENDICES', 'TEMPLATE_DETAILS');
  const hidden: string[] = [];
  const lists = textAt(details, 'VULN_LISTS');
  if (lists !== undefined || textAt(details, 'SELECTIVE_VULNS') !== undefined)
    hidden.push(`selected vulnerabilities only (${excerpt(lists ?? 'by QID')})`);
  const excluded = textAt(details, 'EXCLUDED_VULN_LISTS') ?? textAt(details, 'EXCLUDED_VULNS');
  if (excluded !== undefined) hidden.push(`vulnerabilities excluded (${excerpt(excluded)})`);
  for (const { name, value } of filters) {
    if (
      /^status$/i.test(name) &&
      !['new', 'active', 're-opened'].every((status) => value.toLowerCase().includes(status))
    )
      hidden.push(`status ${excerpt(value)} only`);
    if (/^included operating systems$/i.test(name) && !/^all\b/i.test(value))
      hidden.push(`operating systems ${excerpt(value)} only`);
  }
  if (hidden.length === 0) return [];
  return [
    scanProblem(
      'SCANGATE_SCAN_INCOMPLETE',
      `the template of the report filters: ${listNames(hidden)}`,
      'write the report with a template that shows every vulnerability; what a filter hides cannot be judged',
    ),
  ];
}
