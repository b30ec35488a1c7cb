import { excerpt, ScangateError } from '../../errors.js';
import type { ScanProblem } from '../../model/scan.js';
import { deepText, type XmlElement } from '../../wire/xml.js';
import { counted, listNames, scanProblem } from '../problem.js';
import type { ScanServices } from '../scanner.js';
import { isRefusedRequest, SCAN_PATH } from './scan-record.js';

const ROOT = 'COMPLIANCE_SCAN_RESULT_OUTPUT';
/** Lists of hosts in `TARGET_HOSTS` that are no shortfall. */
const AS_WANTED = new Set(['HOSTS_SCANNED', 'EXCLUDED_HOSTS']);

/**
 * What the results of a scan say against it: hosts that could not be logged in to, and hosts that were not looked at.
 * The posture shows neither: it keeps what an earlier scan saw.
 * https://docs.qualys.com/en/vm/qweb-all-api/ and the vendor's plugin for Jenkins (read 2026-11-23).
 */
export async function resultProblems(reference: string, services: ScanServices): Promise<ScanProblem[]> {
  let root: XmlElement;
  try {
    const fields = { action: 'fetch', scan_ref: reference };
    root = await services.qualys().fo({ path: SCAN_PATH, fields, safe: true, signal: services.signal });
  } catch (error) {
    if (!isRefusedRequest(error)) throw error;
    const what = `the results of the scan ${reference} cannot be fetched: ${error.message}`;
    return [scanProblem('SCANGATE_SCAN_INCOMPLETE', what, 'collect again later')];
  }
  if (root.name !== ROOT) {
    throw new ScangateError('SCANGATE_QUALYS_ANSWER', `the results of a scan are a <${excerpt(root.name)}>`);
  }
  return [...loginProblems(reference, root), ...unseenProblems(reference, root)];
}

function loginProblems(reference: string, root: XmlElement): ScanProblem[] {
  const logins = below(root, 'AUTHENTICATION');
  return (['FAILED', 'INSUFFICIENT'] as const).flatMap((outcome) => {
    const hosts = hostsIn(logins.flatMap((login) => below(login, outcome)));
    if (hosts.length === 0) return [];
    const what = outcome === 'FAILED' ? 'failed' : 'had too few rights';
    return [
      scanProblem(
        'SCANGATE_SCAN_AUTH_FAILED',
        `the scan ${reference}: ${counted(hosts.length, 'login')} ${what}: ${listNames(hosts)}`,
      ),
    ];
  });
}

function unseenProblems(reference: string, root: XmlElement): ScanProblem[] {
  const lists = below(root, 'TARGET_HOSTS').flatMap(({ children }) => children);
  return lists.flatMap((list) => {
    const hosts = AS_WANTED.has(list.name) ? [] : hostsIn([list]);
    if (hosts.length === 0) return [];
    const why = list.name.toLowerCase().replaceAll('_', ' ');
    return [
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `the scan ${reference} did not look at ${counted(hosts.length, 'host')} (${excerpt(why)}): ${listNames(hosts)}`,
        'check that the hosts are up and reachable from the scanner appliance, and scan again',
      ),
    ];
  });
}

/** Elements of this name at any depth. */
function below(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((inner) => [...(inner.name === name ? [inner] : []), ...below(inner, name)]);
}

/** Addresses and ranges, as a list of texts or of elements. */
const hostsIn = (elements: readonly XmlElement[]): string[] => [
  ...new Set(
    elements
      .map(deepText)
      .flatMap((text) => text.split(/[\s,]+/))
      .filter((host) => host !== '')
      .map((host) => excerpt(host)),
  ),
];
