import { excerpt } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { child, textAt, walkXml, type XmlElement, type XmlRecord } from '../../../wire/xml.js';
import { counted, scanProblem } from '../../problem.js';
import { checkHost, checkHostList } from '../../qualys-host.js';
import { platformTime, unknownElement } from '../../qualys-words.js';
import type { ReportReader } from '../reader.js';
import { finding, type HostNames, hostNames } from './normalise.js';

const ROOT = 'HOST_LIST_VM_DETECTION_OUTPUT';
/** What the same call answers when it is refused. */
const ERROR_ROOT = 'SIMPLE_RETURN';
const HOST = `${ROOT}/RESPONSE/HOST_LIST/HOST`;
const records = [HOST, `${HOST}/DETECTION_LIST/*`];
/** Members of a detection that no finding has a place for. */
const skip = ['TIMES_FOUND', 'TIMES_REOPENED', 'LAST_TEST_DATETIME', 'LAST_UPDATE_DATETIME', 'LAST_PROCESSED_DATETIME'];

/** `WARNING/CODE` of a page that was cut at the record limit. */
const TRUNCATED_CODE = '1980';

/**
 * Answer of the host list detection API in XML.
 * https://docs.qualys.com/en/vm/api/assets/host_lists/host_detection.htm (read 2026-11-23).
 *
 * Hosts appear once they were scanned, so a host in the list is the evidence of a scan.
 */
export const qualysHostDetection: ReportReader = {
  format: 'qualys-host-detection',
  title: 'Qualys VM host detections (XML)',
  recognise: ({ root }) => root?.name === ROOT || root?.name === ERROR_ROOT,
  async *read({ chunks }) {
    const state: ReadState = { hosts: 0, detections: 0, open: undefined, lastScan: undefined, root: undefined };
    for await (const batch of walkXml(chunks, { records, skip })) {
      const findings: RawFinding[] = [];
      for (const record of batch) take(record, state, findings);
      yield findings;
    }
    return statement(state);
  },
};

interface ReadState {
  hosts: number;
  detections: number;
  /** The host whose detections are being read. */
  open: { element: XmlElement; names: HostNames } | undefined;
  /** When the host that was scanned last was scanned. */
  lastScan: string | undefined;
  root: XmlElement | undefined;
}

function take({ element, scope }: XmlRecord, state: ReadState, findings: RawFinding[]): void {
  const host = scope[3];
  if (scope.length === 0) state.root = element;
  else if (!host) {
    if (scope.length === 3) takeHost(element, state);
    else if (element.name === 'HOST_LIST') checkHostList(element);
  } else if (element.name === 'DETECTION') {
    if (state.open?.element !== host) state.open = { element: host, names: hostNames(host) };
    findings.push(finding(element, state.open.names));
    state.detections++;
  } else if (element.name !== 'DETECTION_LIST' || element.text.trim() !== '') throw unknownElement(element, host);
}

function takeHost(host: XmlElement, state: ReadState): void {
  checkHost(host, 'DETECTION_LIST', 'DETECTION');
  state.hosts++;
  const scanned = platformTime(textAt(host, 'LAST_VM_SCANNED_DATE') ?? textAt(host, 'LAST_SCAN_DATETIME'));
  if (scanned !== undefined && scanned > (state.lastScan ?? '')) state.lastScan = scanned;
}

function statement({ root, hosts, detections, lastScan }: ReadState): ScanStatement {
  const response = child(root, 'RESPONSE');
  const scanned = lastScan === undefined ? '' : `, the last of them scanned ${lastScan}`;
  return {
    tool: { name: 'Qualys VM' },
    finishedAt: lastScan,
    evidence:
      hosts > 0
        ? `The answer lists ${counted(hosts, 'scanned host')} with ${counted(detections, 'detection')}${scanned}`
        : undefined,
    problems: [...errorProblems(response), ...warningProblems(response)],
  };
}

function errorProblems(response: XmlElement | undefined): ScanProblem[] {
  const code = textAt(response, 'CODE');
  if (code === undefined) return [];
  return [
    scanProblem(
      'SCANGATE_SCAN_FAILED',
      `the platform answered with error ${excerpt(code)}: ${excerpt(textAt(response, 'TEXT') ?? '(no text)', 200)}`,
    ),
  ];
}

function warningProblems(response: XmlElement | undefined): ScanProblem[] {
  const warning = child(response, 'WARNING');
  if (!warning) return [];
  const code = textAt(warning, 'CODE');
  const text = excerpt(textAt(warning, 'TEXT') ?? '(no text)', 200);
  const isTruncated = code === TRUNCATED_CODE || child(warning, 'URL') !== undefined;
  return [
    isTruncated
      ? scanProblem(
          'SCANGATE_SCAN_INCOMPLETE',
          `this is one page of the answer, and more follow: ${text}`,
          'follow WARNING/URL to the last page and judge every page, or ask with truncation_limit=0',
        )
      : scanProblem('SCANGATE_SCAN_INCOMPLETE', `the platform warns (${code ?? 'no code'}): ${text}`),
  ];
}
