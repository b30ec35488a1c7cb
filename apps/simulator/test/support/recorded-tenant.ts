/**
 * A subscription with as many things as the recorded one had, under the same ids, and with invented content.
 *
 * What is taken from a recording: ids, how many records there are, which optional facts a record has (a finding with a
 * parameter, an entry with a CVE), and dates. What is compared afterwards, the form of every answer, is made by the
 * simulator alone.
 */
import type { FindingSource, FindingSpec, Host, Scan, Seed, Vulnerability, WebApp } from '../../src/model.js';
import { demoSeed } from '../../src/seed/demo.js';
import type { RecordedCall, Recording } from './recordings.js';
import { all, at, parseXml, textOf, type XmlNode } from './xml.js';

const PACE = { queueSeconds: 0, runSeconds: 60, settleSeconds: 0 };
const LONG_AGO = Date.parse('2020-04-01T00:00:00Z');

function documents(calls: readonly RecordedCall[]): readonly XmlNode[] {
  return calls.filter(({ answer }) => answer.includes('<')).map(({ answer }) => parseXml(answer).root);
}

function unique<T>(things: readonly T[], id: (thing: T) => number): readonly T[] {
  return [...new Map(things.map((thing) => [id(thing), thing])).values()].sort((left, right) => id(left) - id(right));
}

function webAppsOf(roots: readonly XmlNode[]): readonly WebApp[] {
  const nodes = roots.flatMap((root) => all(root, 'WebApp'));
  const webApps = nodes.map((node): WebApp => {
    const id = Number(textOf(node, 'id'));
    return {
      id,
      name: `application ${id}`,
      url: `https://app-${id}.example.test/`,
      created: LONG_AGO,
      updated: LONG_AGO,
      tagIds: [],
      defaultScanner: { type: 'EXTERNAL' },
      authRecordIds: [],
      progressiveScanning: 'DISABLED',
      riskScore: 0,
      pace: PACE,
      links: 1,
      goodWord: 'SUCCESSFUL',
    };
  });
  return unique(webApps, ({ id }) => id);
}

function specOf(node: XmlNode): FindingSpec {
  const id = Number(textOf(node, 'id'));
  const kind = textOf(node, 'type') === 'INFORMATION_GATHERED' ? 'INFORMATION_GATHERED' : 'VULNERABILITY';
  return {
    id,
    uniqueId: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
    qid: Number(textOf(node, 'qid')),
    kind,
    potential: textOf(node, 'potential') === 'true',
    severity: textOf(node, 'severity') ?? '',
    ...(at(node, 'url') ? { url: 'https://app.example.test/page' } : {}),
    ...(at(node, 'param') ? { param: 'invented' } : {}),
    authenticated: false,
    response: 'invented',
    from: 0,
    detectionScore: 0,
  };
}

function sourcesOf(roots: readonly XmlNode[]): readonly FindingSource[] {
  const byApp = new Map<number, FindingSpec[]>();
  for (const node of roots.flatMap((root) => all(root, 'Finding'))) {
    const webAppId = Number(textOf(node, 'webApp', 'id'));
    byApp.set(webAppId, [...(byApp.get(webAppId) ?? []), specOf(node)]);
  }
  return [...byApp].map(([webAppId, unsorted]) => {
    const specs = unique(unsorted, ({ id }) => id);
    const at = (index: number): FindingSpec => {
      const spec = specs[index];
      if (spec === undefined) throw new RangeError(`no finding ${index}`);
      return spec;
    };
    return { webAppId, size: specs.length, at };
  });
}

function scanOf({ id }: WebApp): Scan {
  return {
    id,
    name: 'an old scan',
    reference: `was/${LONG_AGO}.${id}`,
    type: 'VULNERABILITY',
    mode: 'ONDEMAND',
    multi: false,
    webAppId: id,
    profileId: 9001,
    scanner: { type: 'EXTERNAL' },
    options: [],
    launched: LONG_AGO,
    pace: PACE,
    outcome: { kind: 'good' },
    authWord: 'NONE',
  };
}

function vulnerabilityOf(node: XmlNode): Vulnerability {
  const has = (name: string): boolean => at(node, name) !== undefined;
  return {
    qid: Number(textOf(node, 'QID')),
    type: textOf(node, 'VULN_TYPE') as Vulnerability['type'],
    severity: Number(textOf(node, 'SEVERITY_LEVEL')),
    title: 'invented',
    category: 'invented',
    published: LONG_AGO,
    modified: LONG_AGO,
    patchable: textOf(node, 'PATCHABLE') === '1',
    diagnosis: 'invented',
    pci: textOf(node, 'PCI_FLAG') === '1',
    remote: true,
    ...(has('SOFTWARE_LIST') ? { software: { product: 'invented', vendor: 'invented' } } : {}),
    ...(has('VENDOR_REFERENCE_LIST') ? { vendorReference: { id: 'X-1', url: 'https://vendor.example.test/' } } : {}),
    ...(has('CVE_LIST') ? { cves: all(node, 'CVE').map((_, index) => `CVE-2020-000${index}`) } : {}),
    ...(has('CONSEQUENCE') ? { consequence: 'invented' } : {}),
    ...(has('SOLUTION') ? { solution: 'invented' } : {}),
    ...(has('THREAT_INTELLIGENCE') ? { threats: [{ id: 5, name: 'Easy_Exploit' }] } : {}),
    ...(at(node, 'DISCOVERY', 'AUTH_TYPE_LIST') ? { authTypes: ['Unix'] } : {}),
    ...(at(node, 'DISCOVERY', 'ADDITIONAL_INFO') ? { additionalInfo: 'Patch Available' } : {}),
  };
}

function hostsOf(roots: readonly XmlNode[]): readonly Host[] {
  const lists = roots.filter(({ name }) => name === 'HOST_LIST_OUTPUT');
  const listed = lists.flatMap((root) => all(root, 'ID').map(({ text }) => Number(text)));
  const searched = roots.flatMap((root) => all(root, 'HostAsset').map((node) => Number(textOf(node, 'qwebHostId'))));
  return [...new Set([...listed, ...searched])].map((id) => ({
    id,
    assetId: id + 1,
    ip: '192.0.2.1',
    os: 'Linux',
    dns: 'host.example.test',
    tracking: 'INSTANCE_ID',
    cloud: { instanceId: 'i-1', accountId: '1', region: 'eu-west-1' },
    created: LONG_AGO,
    scanned: LONG_AGO,
    detections: [],
  }));
}

/** The seed that a recording's calls are answered from. */
export function recordedTenant(recording: Recording): (start: number) => Seed {
  const roots = documents(recording.calls);
  const expired = recording.calls.some(({ answer }) => answer.includes('<CODE>2001</CODE>'));
  return (start) => {
    const seed = demoSeed(start);
    const webApps = webAppsOf(roots);
    const vulnerabilities = roots.flatMap((root) => all(root, 'VULN').map(vulnerabilityOf));
    return {
      ...seed,
      account: { ...seed.account, cvss: false, state: expired ? 'expired' : 'active' },
      webApps,
      findings: sourcesOf(roots),
      pastScans: webApps.map(scanOf),
      vulnerabilities,
      hosts: hostsOf(roots),
      machines: [],
      pastVmScans: [],
    };
  };
}
