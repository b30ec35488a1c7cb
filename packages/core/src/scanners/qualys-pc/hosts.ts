import { excerpt, ScangateError } from '../../errors.js';
import type { FormFields } from '../../qualys/types.js';
import { wordsIn } from '../../wire/take.js';
import { textAt, type XmlElement } from '../../wire/xml.js';
import { listNames } from '../problem.js';
import { platformTime } from '../qualys-words.js';
import type { ScanServices } from '../scanner.js';
import type { HostChoice } from './details.js';
import { isIp } from './target.js';

const HOST_PATH = '/api/2.0/fo/asset/host/';
const HOST = 'HOST_LIST_OUTPUT/RESPONSE/HOST_LIST/HOST';

/** A host that the platform has. */
export interface KnownHost {
  id: string;
  /** How it is called in messages and findings: its name, else its address. */
  name: string;
  /** End of its last compliance scan by the platform's clock, where the list says it. */
  scannedMs?: number | undefined;
}

export interface FoundHosts {
  hosts: KnownHost[];
  /** Hosts that were asked for and that the platform does not have. */
  unknown: string[];
}

/**
 * The hosts that a posture must cover. The platform lists a host once something has looked at it.
 * https://docs.qualys.com/en/vm/qweb-all-api/mergedProjects/qapi-assets/host_lists/host_list.htm (read 2026-11-23).
 */
export async function findHosts(choice: HostChoice, services: ScanServices): Promise<FoundHosts> {
  if (choice.kind === 'hosts') return findNamed(choice.hosts, services);
  // A host that is not meant for compliance has no posture, and is not missed in it.
  return {
    hosts: (await hostList({ ...filterOf(choice), compliance_enabled: true }, services)).map(known),
    unknown: [],
  };
}

function filterOf(choice: Exclude<HostChoice, { kind: 'hosts' }>): FormFields {
  if (choice.kind === 'groups') return { ag_ids: choice.groups.map(({ id }) => id).join(',') };
  const { by, include, exclude } = choice;
  return {
    use_tags: true,
    tag_set_by: by,
    tag_set_include: include.join(','),
    ...(exclude.length === 0 ? {} : { tag_set_exclude: exclude.join(',') }),
  };
}

async function findNamed(wanted: readonly string[], services: ScanServices): Promise<FoundHosts> {
  const found = new Map<string, KnownHost>();
  const unknown: string[] = [];
  const addresses = wanted.filter(isIp);
  const listed = addresses.length === 0 ? [] : await hostList({ ips: addresses.join(',') }, services);
  for (const address of addresses) {
    const own = listed.filter((host) => [textAt(host, 'IP'), textAt(host, 'IPV6')].includes(address)).map(known);
    for (const host of own) found.set(host.id, host);
    if (own.length === 0) unknown.push(address);
  }
  for (const name of wanted.filter((one) => !isIp(one))) {
    const host = await hostOfName(name, services);
    if (host) found.set(host.id, host);
    else unknown.push(name);
  }
  return { hosts: [...found.values()], unknown };
}

async function hostList(filter: FormFields, services: ScanServices): Promise<XmlElement[]> {
  const fields = { action: 'list', details: 'Basic', truncation_limit: 1000, ...filter };
  const call = { path: HOST_PATH, fields, safe: true, records: [HOST], signal: services.signal } as const;
  const hosts: XmlElement[] = [];
  for await (const page of services.qualys().foPages(call)) hosts.push(...page.records.map(({ element }) => element));
  return hosts;
}

function known(host: XmlElement): KnownHost {
  const id = textAt(host, 'ID');
  if (id === undefined) throw new ScangateError('SCANGATE_QUALYS_ANSWER', '<HOST> of the platform has no ID');
  return { id, name: hostName(host) ?? `host ${id}`, scannedMs: scannedMs(host) };
}

/** Name of a host in a list or a glossary. */
export const hostName = (host: XmlElement): string | undefined =>
  textAt(host, 'DNS') ??
  textAt(host, 'DNS_DATA', 'FQDN') ??
  textAt(host, 'IP') ??
  textAt(host, 'IPV6') ??
  textAt(host, 'NETBIOS');

/** When a compliance scan last looked at a host, in milliseconds. */
export function scannedMs(host: XmlElement): number | undefined {
  const text = platformTime(textAt(host, 'LAST_COMPLIANCE_SCAN_DATETIME') ?? textAt(host, 'LAST_PC_SCANNED_DATE'));
  return text === undefined ? undefined : Date.parse(text);
}

/** The host with this DNS name, or this name among the assets. */
async function hostOfName(name: string, services: ScanServices): Promise<KnownHost | undefined> {
  for (const field of ['dnsHostName', 'name']) {
    const found = new Map<string, KnownHost>();
    const criteria = [{ field, operator: 'EQUALS', value: name }];
    const search = { product: 'am', object: 'hostasset', criteria, pageSize: 100, signal: services.signal } as const;
    for await (const page of services.qualys().qpsSearch(search)) {
      for (const { value, type } of page) {
        const id = wordsIn(value, 'qwebHostId', type);
        if (id !== undefined) found.set(id, { id, name });
      }
    }
    const [host, ...others] = [...found.values()];
    if (host && others.length === 0) return host;
    if (host) {
      throw new ScangateError(
        'SCANGATE_QUALYS_AMBIGUOUS',
        `${found.size} hosts are named "${excerpt(name)}": host ids ${listNames([...found.keys()])}`,
        { mend: 'give the IP address instead of the name' },
      );
    }
  }
  return undefined;
}
