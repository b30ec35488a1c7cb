import { hash } from 'node:crypto';
import type { Finding, Location, RawFinding } from './model/finding.js';

/**
 * Stable identity of a finding across scans: 32 hex digits of SHA-256 over scanner, target, vulnerability and place.
 * Not in it, so that it survives a new scan: line, version, layer, image name, dates, scan ids, severity, order.
 * Two occurrences may share one fingerprint; counting never merges them.
 */
export function fingerprintOf(raw: RawFinding, scanner: string, target: string): string {
  const { vulnerability, identity, location } = raw;
  const place = identity === undefined ? placeOf(location) : ['id', identity];
  const key = JSON.stringify([1, scanner, target, vulnerability.source, vulnerability.id, place]);
  return hash('sha256', key, 'hex').slice(0, 32);
}

function placeOf(location: Location): (string | number | undefined)[] {
  switch (location.kind) {
    case 'web':
      return ['web', stableUrl(location.url), location.method, location.parameter];
    case 'package':
      return ['package', location.ecosystem, location.name, location.path];
    case 'host':
      return [
        'host',
        location.host ?? location.ip,
        location.port,
        location.protocol,
        location.service,
        location.instance,
      ];
    case 'file':
      return ['file', location.path, location.resource];
    case 'control':
      return ['control', location.control, location.subject, location.instance];
    case 'none':
      return ['none'];
  }
}

/** Query values and fragments hold payloads and session ids that change with every scan; the names of the keys stay. */
function stableUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const [beforeFragment = ''] = url.split('#', 1);
  const mark = beforeFragment.indexOf('?');
  if (mark < 0) return beforeFragment;
  const keys = beforeFragment
    .slice(mark + 1)
    .split('&')
    .map((pair) => pair.split('=', 1)[0]);
  return `${beforeFragment.slice(0, mark)}?${keys.join('&')}`;
}

/** Every field of a finding, so that one which is added to the model cannot be forgotten here. */
type WholeFinding = { [Field in keyof Required<Finding>]: Finding[Field] };

/** A raw finding with its place in the run. Field by field: this runs for every finding, and a spread costs three times as much. */
export function toFinding(raw: RawFinding, scanner: string, target: string): Finding {
  const finding: WholeFinding = {
    fingerprint: fingerprintOf(raw, scanner, target),
    scanner,
    target,
    vulnerability: raw.vulnerability,
    kind: raw.kind,
    severity: raw.severity,
    vendorSeverity: raw.vendorSeverity,
    cvss: raw.cvss,
    qds: raw.qds,
    epss: raw.epss,
    knownExploited: raw.knownExploited,
    pci: raw.pci,
    status: raw.status,
    ignored: raw.ignored,
    firstSeen: raw.firstSeen,
    lastSeen: raw.lastSeen,
    fix: raw.fix,
    state: raw.state,
    location: raw.location,
    description: raw.description,
    impact: raw.impact,
    remediation: raw.remediation,
    evidence: raw.evidence,
  };
  return finding;
}
