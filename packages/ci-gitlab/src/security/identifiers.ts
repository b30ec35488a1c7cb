import type { Finding } from '@scangate/core/model';
import { brief, terminalText } from '@scangate/core/reporters';

interface Identifier {
  type: string;
  name: string;
  value: string;
  url?: string;
}

/** GitLab stores the first 20. */
const MAX_IDENTIFIERS = 20;
const MAX_CHARS = 100;

const CVE = /^CVE-\d{4}-\d{4,19}$/i;
const GHSA = /^GHSA(?:-[0-9a-z]{4}){3}$/i;

const plain = (text: string): string => terminalText(brief(text, MAX_CHARS)) || 'unknown';

/**
 * The names of a vulnerability. GitLab tells vulnerabilities apart by the first one and the place, so the first is the
 * scanner's own id, whatever else a report says; then names that other scanners share, then classes. Addresses are made
 * of ids whose form is checked, never taken from a report.
 */
export function identifiersOf({ vulnerability }: Finding): Identifier[] {
  const { source, id, aliases = [], cwe = [], owasp = [] } = vulnerability;
  const own = CVE.test(id) ? cveOf(id) : ownOf(source, id);
  const others = aliases.filter((alias) => alias !== id);
  return [
    own,
    ...others.filter((alias) => CVE.test(alias)).map(cveOf),
    ...others.filter((alias) => GHSA.test(alias)).map(ghsaOf),
    ...cwe.map(cweOf),
    ...owasp.map((category) => ({ type: 'owasp', name: plain(category), value: plain(category) })),
    ...others
      .filter((alias) => !CVE.test(alias) && !GHSA.test(alias))
      .map((alias) => ({ type: 'other', name: plain(alias), value: plain(alias) })),
  ].slice(0, MAX_IDENTIFIERS);
}

function ownOf(source: string, id: string): Identifier {
  if (source === 'qualys' && /^\d+$/.test(id)) return { type: 'scangate_qid', name: `QID ${id}`, value: id };
  if (GHSA.test(id)) return ghsaOf(id);
  const slug = source
    .slice(0, MAX_CHARS)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  return { type: `scangate_${slug || 'rule'}`, name: plain(id), value: plain(id) };
}

function cveOf(text: string): Identifier {
  const id = text.toUpperCase();
  return { type: 'cve', name: id, value: id, url: `https://www.cve.org/CVERecord?id=${id}` };
}

const ghsaOf = (id: string): Identifier => ({
  type: 'ghsa',
  name: id,
  value: id,
  url: `https://github.com/advisories/${id}`,
});

const cweOf = (number: number): Identifier => ({
  type: 'cwe',
  name: `CWE-${number}`,
  value: String(number),
  url: `https://cwe.mitre.org/data/definitions/${number}.html`,
});
