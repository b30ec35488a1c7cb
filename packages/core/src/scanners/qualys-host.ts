/*
 * What the host exports of the Qualys platform share: scan results, asset data reports, host detections.
 */
import { excerpt, ScangateError } from '../errors.js';
import type { RawFinding } from '../model/finding.js';
import type { ScanProblem } from '../model/scan.js';
import { detach } from '../wire/shelf.js';
import { child, childrenOf, textAt, type XmlElement } from '../wire/xml.js';
import { counted, listNames, MAX_NAMES, scanProblem } from './problem.js';
import { unknownElement } from './qualys-words.js';

/** `0` or `1`, as the PCI flag and the ignored flag are written. Throws `SCANGATE_REPORT_SHAPE`. */
export function flagOf01(text: string | undefined, at: string): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === '1') return true;
  if (text === '0') return false;
  throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}: expected 0 or 1, got "${excerpt(text, 30)}"`);
}

/** A port number. Throws `SCANGATE_REPORT_SHAPE`. */
export function portOf(text: string | undefined, at: string): number | undefined {
  const words = text?.trim() ?? '';
  if (words === '') return undefined;
  const port = /^\d{1,5}$/.test(words) ? Number(words) : Number.NaN;
  if (port <= 65_535) return port;
  throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}: "${excerpt(words, 30)}" is no port`);
}

/** Addresses of the vendor's references. */
export function linksOf(element: XmlElement): string[] | undefined {
  const references = childrenOf(child(element, 'VENDOR_REFERENCE_LIST'), 'VENDOR_REFERENCE');
  const links = references.map((reference) => textAt(reference, 'URL')).filter((url) => url !== undefined);
  return links.length > 0 ? [...new Set(links)] : undefined;
}

/** The number in an element that counts. Throws `SCANGATE_REPORT_SHAPE`. */
export function countOf(text: string | undefined, at: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,12}$/.test(text.trim())) return Number(text);
  throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}: "${excerpt(text, 30)}" is no count`);
}

/** Names and addresses of a host, in every export of hosts. */
const HOST_NAMES = ['IP', 'IPV6', 'DNS', 'NETBIOS'];

/**
 * Checks a host that closes, emptied of its detections. They were read while it was open, and took its names and
 * addresses from what stood before them; and none may stand anywhere but in their list. Throws `SCANGATE_REPORT_SHAPE`.
 */
export function checkHost(host: XmlElement, listName: string, detectionName: string): void {
  const list = host.children.findIndex(({ name }) => name === listName);
  const late = list < 0 ? undefined : host.children.slice(list).find(({ name }) => HOST_NAMES.includes(name));
  if (late) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `<${late.name}> of a host stands after its <${listName}>`);
  }
  const isDetection = ({ name }: XmlElement): boolean => name === detectionName;
  const stray = host.children.find((part) => isDetection(part) || part.children.some(isDetection));
  if (stray) throw unknownElement(stray, host);
}

/** A list of hosts is empty once its hosts were read. Throws `SCANGATE_REPORT_SHAPE` for what is no host. */
export function checkHostList(list: XmlElement): void {
  const [stray] = list.children;
  if (stray || list.text.trim() !== '') throw unknownElement(stray ?? { name: 'text' }, list);
}

/** Detections by which the scanner reports that it could not log in: "Windows Authentication Failed". */
const REFUSED = /\bAuthentication Failed$/i;

/** Logins that failed, gathered while detections pass by. A host that was not logged in to was seen from outside only. */
export class RefusedLogins {
  private count = 0;
  private readonly hosts = new Set<string>();

  note({ vulnerability, location }: RawFinding): void {
    if (!REFUSED.test(vulnerability.title) || location.kind !== 'host') return;
    this.count++;
    if (this.hosts.size < MAX_NAMES) this.hosts.add(detach(location.ip ?? location.host ?? 'a host'));
  }

  problems(): ScanProblem[] {
    if (this.count === 0) return [];
    const hosts = listNames([...this.hosts], Math.max(this.hosts.size, this.count));
    return [scanProblem('SCANGATE_SCAN_AUTH_FAILED', `${counted(this.count, 'login')} failed on ${hosts}`)];
  }
}
