import { excerpt } from '../errors.js';
import type { RawFinding } from '../model/finding.js';
import type { ScanProblem, ScanStatement } from '../model/scan.js';
import { detach } from '../wire/shelf.js';
import { child, textAt, walkXml, type XmlElement, type XmlRecord } from '../wire/xml.js';
import { counted, scanProblem } from './problem.js';
import { checkHost, checkHostList } from './qualys-host.js';
import { detectionOf, type HostNames, hostNames } from './qualys-vm-detection.js';
import { platformTime, unknownElement } from './qualys-words.js';

/** Root of the answer. */
export const DETECTIONS_ROOT = 'HOST_LIST_VM_DETECTION_OUTPUT';
const HOST = `${DETECTIONS_ROOT}/RESPONSE/HOST_LIST/HOST`;
const records = [HOST, `${HOST}/DETECTION_LIST/*`];
/** Members of a detection that no finding has a place for. */
const skip = ['TIMES_FOUND', 'TIMES_REOPENED', 'LAST_TEST_DATETIME', 'LAST_UPDATE_DATETIME', 'LAST_PROCESSED_DATETIME'];

/** `WARNING/CODE` of a page that was cut at the record limit. */
const TRUNCATED_CODE = '1980';

/** A host of the answer. Its texts hold nothing of the answer they were read from. */
export interface DetectedHost {
  id: string | undefined;
  ip: string | undefined;
  /** When a scan for vulnerabilities last looked at it, ISO 8601. */
  scannedAt: string | undefined;
}

/** What one page says beside its detections. */
export interface DetectionPage {
  /** Name of the root element. */
  root: string | undefined;
  /** `RESPONSE` without its hosts. */
  response: XmlElement | undefined;
  hosts: number;
  detections: number;
  /** When the host that was scanned last was scanned. */
  lastScan: string | undefined;
}

/**
 * Reads one page of the host list detection API in XML, detection by detection.
 * https://docs.qualys.com/en/vm/api/assets/host_lists/host_detection.htm (read 2026-11-23).
 * Throws `SCANGATE_REPORT_` errors.
 */
export async function* readDetections(
  chunks: AsyncIterable<Uint8Array>,
  onHost: (host: DetectedHost) => void = () => undefined,
): AsyncGenerator<RawFinding[], DetectionPage, undefined> {
  const state: ReadState = { hosts: 0, detections: 0, open: undefined, lastScan: undefined, root: undefined, onHost };
  for await (const batch of walkXml(chunks, { records, skip })) {
    const findings: RawFinding[] = [];
    for (const record of batch) take(record, state, findings);
    yield findings;
  }
  const { root, hosts, detections, lastScan } = state;
  return { root: root?.name, response: child(root, 'RESPONSE'), hosts, detections, lastScan };
}

interface ReadState {
  hosts: number;
  detections: number;
  /** The host whose detections are being read. */
  open: { element: XmlElement; names: HostNames } | undefined;
  lastScan: string | undefined;
  root: XmlElement | undefined;
  onHost: (host: DetectedHost) => void;
}

function take({ element, scope }: XmlRecord, state: ReadState, findings: RawFinding[]): void {
  const host = scope[3];
  if (scope.length === 0) state.root = element;
  else if (!host) {
    if (scope.length === 3) takeHost(element, state);
    else if (element.name === 'HOST_LIST') checkHostList(element);
  } else if (element.name === 'DETECTION') {
    if (state.open?.element !== host) state.open = { element: host, names: hostNames(host) };
    findings.push(detectionOf(element, state.open.names));
    state.detections++;
  } else if (element.name !== 'DETECTION_LIST' || element.text.trim() !== '') throw unknownElement(element, host);
}

function takeHost(host: XmlElement, state: ReadState): void {
  checkHost(host, 'DETECTION_LIST', 'DETECTION');
  state.hosts++;
  const scannedAt = platformTime(textAt(host, 'LAST_VM_SCANNED_DATE') ?? textAt(host, 'LAST_SCAN_DATETIME'));
  const known = detach({ id: textAt(host, 'ID'), ip: textAt(host, 'IP') ?? textAt(host, 'IPV6'), scannedAt });
  if (known.scannedAt !== undefined && known.scannedAt > (state.lastScan ?? '')) state.lastScan = known.scannedAt;
  state.onHost(known);
}

/** Address of the next page, where the page says that there is one. */
export const nextDetectionPage = ({ response }: DetectionPage): string | undefined =>
  textAt(response, 'WARNING', 'URL');

/** What a page says against its own being the whole; without the warning that there is a next one, when that is followed. */
export function detectionProblems({ response }: DetectionPage, isFollowed = false): ScanProblem[] {
  return [...errorProblems(response), ...warningProblems(response, isFollowed)];
}

/** A page as the statement of a scan: hosts appear once they were scanned, so a host in the list is the evidence. */
export function detectionStatement(page: DetectionPage): ScanStatement {
  const { hosts, detections, lastScan } = page;
  const scanned = lastScan === undefined ? '' : `, the last of them scanned ${lastScan}`;
  return {
    tool: { name: 'Qualys VM' },
    finishedAt: lastScan,
    evidence:
      hosts > 0
        ? `The answer lists ${counted(hosts, 'scanned host')} with ${counted(detections, 'detection')}${scanned}`
        : undefined,
    problems: detectionProblems(page),
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

function warningProblems(response: XmlElement | undefined, isFollowed: boolean): ScanProblem[] {
  const warning = child(response, 'WARNING');
  if (!warning) return [];
  const code = textAt(warning, 'CODE');
  const text = excerpt(textAt(warning, 'TEXT') ?? '(no text)', 200);
  const isTruncated = code === TRUNCATED_CODE || child(warning, 'URL') !== undefined;
  if (isTruncated && isFollowed && textAt(warning, 'URL') !== undefined) return [];
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
