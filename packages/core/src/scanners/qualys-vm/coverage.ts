import { excerpt } from '../../errors.js';
import { ipVersion } from '../../ip-version.js';
import type { RawFinding } from '../../model/finding.js';
import type { ScanProblem } from '../../model/scan.js';
import { detach } from '../../wire/shelf.js';
import { counted, listNames, scanProblem } from '../problem.js';
import type { VmResult } from '../qualys-vm-result.js';
import { merged, type Span, sizeOf, spanOf, spansOf, textOf, without } from './addresses.js';
import type { VmDetails } from './details.js';

/** Which hosts a scan looked at, by its results, against those that it was to look at. */
export class Coverage {
  /** IPv4 addresses with detections, as they are written. */
  private readonly addresses = new Set<string>();
  /** Everything else that names a host with detections, lower case. */
  private readonly names = new Set<string>();

  note(findings: readonly RawFinding[]): void {
    for (const { location } of findings) {
      if (location.kind !== 'host') continue;
      const { ip, host } = location;
      if (ip !== undefined && !this.addresses.has(ip) && !this.names.has(ip.toLowerCase())) this.add(detach(ip));
      if (host !== undefined && !this.names.has(host.toLowerCase())) this.names.add(detach(host.toLowerCase()));
    }
  }

  /** Addresses of the hosts that were scanned, as the API takes them: all, and those that have detections. */
  scanned({ cleanHosts }: VmResult): { addresses: string[]; required: string[] } {
    const listed = (texts: string[]): string[] => [
      ...spansOf(texts).map(textOf),
      ...texts.filter((text) => ipVersion(text) === 6),
    ];
    const required = [...this.addresses, ...this.names];
    return { addresses: listed([...required, ...cleanHosts]), required: listed(required) };
  }

  /** Everything that makes the scan less than what was asked for. */
  problems(result: VmResult, details: VmDetails): ScanProblem[] {
    return [...this.missing(result, details), ...this.miscounted(result)];
  }

  private add(ip: string): void {
    if (ipVersion(ip) === 4) this.addresses.add(ip);
    else this.names.add(ip.toLowerCase());
  }

  private missing(result: VmResult, details: VmDetails): ScanProblem[] {
    const { summaries, cleanHosts } = result;
    const told = result.notScanned.flatMap(({ hosts }) => hosts);
    const isNamed = details.addresses.length > 0 || details.names.length > 0;
    // Of tags nobody here knows the hosts; the result tells what the platform made of them.
    const wanted = isNamed ? details.addresses : summaries.flatMap(({ ips }) => ips);
    const known = [...this.addresses, ...cleanHosts, ...told, ...details.excluded];
    const excluded = isNamed ? [] : summaries.flatMap(({ excludedIps }) => excludedIps);
    const lacking = without(spansOf(wanted), spansOf([...known, ...excluded]));
    const names = new Set([...this.names, ...[...cleanHosts, ...told].map((name) => name.toLowerCase())]);
    const covered = merged(spansOf(known));
    const lost = details.names.filter(
      ({ known: words }) => !words.some((word) => names.has(word) || isIn(word, covered)),
    );
    const count = sizeOf(lacking) + lost.length;
    if (count === 0) return [];
    const shown = [...lacking.map(textOf), ...lost.map(({ name }) => excerpt(name))];
    return [
      scanProblem(
        'SCANGATE_SCAN_INCOMPLETE',
        `the results say nothing of ${counted(count, 'host')} that should have been scanned: ${listNames(shown)}`,
        'check that these hosts are in the subscription and in the network of the scanner appliance',
      ),
    ];
  }

  /** The summary counts the hosts that were alive; each of them has detections, or stands in a list. */
  private miscounted({ summaries, notScanned, cleanHosts }: VmResult): ScanProblem[] {
    const active = summaries.reduce((sum, { activeHosts = 0 }) => sum + activeHosts, 0);
    const listed = [...cleanHosts, ...notScanned.flatMap(({ hosts }) => hosts)];
    const named = listed.filter((host) => spanOf(host) === undefined).length;
    const sixes = [...this.names].filter((name) => ipVersion(name) === 6).length;
    const seen = sizeOf(spansOf([...this.addresses, ...listed])) + named + sixes;
    if (active <= seen) return [];
    const what = `the summary counts ${counted(active, 'active host')}, and the results show ${seen}`;
    return [
      scanProblem('SCANGATE_SCAN_COUNT_MISMATCH', what, 'collect again: the platform may still be working on it'),
    ];
  }
}

function isIn(word: string, spans: readonly Span[]): boolean {
  const span = spanOf(word);
  return span !== undefined && spans.some(({ from, to }) => from <= span.from && span.to <= to);
}
