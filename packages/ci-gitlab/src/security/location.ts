import type { Finding, Location } from '@scangate/core/model';
import { brief, terminalText } from '@scangate/core/reporters';
import { repositoryPath } from '../path.js';

/** The kinds of security reports that GitLab knows and findings here can have. */
export type ScanType = 'container_scanning' | 'dast' | 'dependency_scanning' | 'sast';

const MAX_CHARS = 500;
const plain = (text: string | undefined): string => terminalText(brief(text ?? '', MAX_CHARS));

type PackageLocation = Extract<Location, { kind: 'package' }>;

/** A lock file lies in the repository; a layer belongs to an image, also where it holds a lock file. */
const isOfLockFile = ({ path, layer }: PackageLocation): boolean => path !== undefined && layer === undefined;

/** The report that a finding belongs into. Undefined: GitLab has no type for hosts, controls and findings without a place. */
export function scanTypeOf({ location }: Finding): ScanType | undefined {
  switch (location.kind) {
    case 'web':
      return 'dast';
    case 'package':
      return isOfLockFile(location) ? 'dependency_scanning' : 'container_scanning';
    case 'file':
      return 'sast';
    default:
      return undefined;
  }
}

/** The place in the form of its report type. */
export function locationOf({ location, target }: Finding): object {
  switch (location.kind) {
    case 'web':
      return { path: webPath(location.url), method: plain(location.method), param: plain(location.parameter) };
    case 'package': {
      const { name, version, path, artifact, ecosystem } = location;
      const dependency = { package: { name: plain(name) }, version: plain(version) };
      if (isOfLockFile(location)) return { file: filePath(path), dependency };
      const { image, system } = imageOf(artifact);
      return {
        image: image || plain(target) || 'unknown',
        operating_system: system || plain(ecosystem) || 'unknown',
        dependency,
      };
    }
    case 'file': {
      const { path, line, endLine, resource } = location;
      return {
        file: filePath(path),
        start_line: line,
        end_line: line === undefined || endLine === undefined ? undefined : Math.max(line, endLine),
        method: resource === undefined ? undefined : plain(resource),
      };
    }
    default:
      return {};
  }
}

/** Trivy writes `shop:1.4 (debian 12.5)`; GitLab cuts the tag off an image's name and would not find it. */
function imageOf(artifact: string | undefined): { image: string; system: string } {
  const [, image, system] = /^(\S+) \(([^()]+)\)$/.exec(plain(artifact)) ?? [];
  return { image: image ?? plain(artifact), system: system ?? '' };
}

const filePath = (path = ''): string => repositoryPath(path) ?? (plain(path) || 'unknown');

/**
 * The whole address: GitLab leaves the host name out of a vulnerability's identity, and would merge the same page of two
 * hosts. Values of the query and credentials are left out, as they change from scan to scan or belong to nobody else.
 */
function webPath(text = ''): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (text === '') return 'unknown';
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return `not a web address: ${plain(text)}`;
  const keys = [...new Set(url.searchParams.keys())].map(encodeURIComponent).join('&');
  return plain(`${url.origin}${url.pathname}${keys === '' ? '' : `?${keys}`}`);
}
