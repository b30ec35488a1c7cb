/**
 * The vulnerability database of the demo: a handful of well-known vulnerabilities, in the layout of Trivy's own
 * database (https://github.com/aquasecurity/trivy-db, schema version 2). Trivy matches against it without a network.
 * The facts are those of the GitHub advisories named in `references`; the sentences are ours.
 */
import { boltFile } from './bolt.mjs';

const SOURCE = 'npm::GitHub Security Advisory npm';
const SEVERITY = { low: 1, medium: 2, high: 3, critical: 4 };

const VULNERABILITIES = [
  {
    id: 'CVE-2021-44906',
    package: 'minimist',
    vulnerable: '<1.2.6',
    patched: '1.2.6',
    severity: 'critical',
    score: 9.8,
    vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    cwe: 'CWE-1321',
    title: 'minimist: prototype pollution through a crafted argument',
    description: 'Arguments such as --__proto__.x=1 change the prototype of every object of the program.',
    advisory: 'GHSA-xvch-5gv4-984h',
  },
  {
    id: 'CVE-2021-23337',
    package: 'lodash',
    vulnerable: '<4.17.21',
    patched: '4.17.21',
    severity: 'high',
    score: 7.2,
    vector: 'CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H',
    cwe: 'CWE-94',
    title: 'lodash: command injection through template()',
    description: 'Whoever controls the options of template() runs code of his own in the program.',
    advisory: 'GHSA-35jh-r3h4-6jhm',
  },
  {
    id: 'CVE-2020-28500',
    package: 'lodash',
    vulnerable: '<4.17.21',
    patched: '4.17.21',
    severity: 'medium',
    score: 5.3,
    vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L',
    cwe: 'CWE-1333',
    title: 'lodash: slow regular expression in trim, trimEnd and toNumber',
    description: 'A long run of blanks keeps the processor busy for seconds.',
    advisory: 'GHSA-29mw-wpgm-hmr9',
  },
  {
    id: 'CVE-2024-29415',
    package: 'ip',
    vulnerable: '<=2.0.1',
    severity: 'high',
    score: 8.1,
    vector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H',
    cwe: 'CWE-918',
    title: 'ip: private addresses taken for public ones',
    description:
      'isPublic() accepts unusual spellings of private addresses such as 127.1, which opens the way to inner hosts. No version mends it.',
    advisory: 'GHSA-2p57-rm9w-gvfp',
  },
];

/** Of Debian's packages, by source package. This one Debian 12 does not mend: nothing of it is built into the package. */
const DEBIAN = 'debian 12';
const DEBIAN_VULNERABILITIES = [
  {
    id: 'CVE-2023-45853',
    package: 'zlib',
    severity: 'critical',
    score: 9.8,
    vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    cwe: 'CWE-190',
    title: 'zlib: integer overflow in MiniZip',
    description:
      'A long file name, comment or extra field in an archive overflows a buffer of zipOpenNewFileInZip4_64.',
    advisory: 'GHSA-mq29-j5xf-cjwr',
  },
];

export const databaseMetadata = () =>
  `${JSON.stringify({ Version: 2, NextUpdate: '2100-01-01T00:00:00Z', UpdatedAt: '2026-01-01T00:00:00Z', DownloadedAt: '2026-01-01T00:00:00Z' })}\n`;

export function databaseFile() {
  const advisories = {};
  const details = {};
  for (const vulnerability of VULNERABILITIES) {
    advisories[vulnerability.package] ??= {};
    advisories[vulnerability.package][vulnerability.id] = JSON.stringify({
      ...(vulnerability.patched === undefined ? {} : { PatchedVersions: [vulnerability.patched] }),
      VulnerableVersions: [vulnerability.vulnerable],
    });
    details[vulnerability.id] = JSON.stringify(detailOf(vulnerability));
  }
  const source = {
    ID: 'ghsa',
    Name: 'GitHub Security Advisory npm',
    URL: 'https://github.com/advisories?query=ecosystem%3Anpm',
  };
  const debian = {};
  for (const vulnerability of DEBIAN_VULNERABILITIES) {
    debian[vulnerability.package] ??= {};
    debian[vulnerability.package][vulnerability.id] = '{}';
    details[vulnerability.id] = JSON.stringify(detailOf(vulnerability));
  }
  const tracker = {
    ID: 'debian',
    Name: 'Debian Security Tracker',
    URL: 'https://salsa.debian.org/security-tracker-team/security-tracker',
  };
  return boltFile({
    'data-source': { [SOURCE]: JSON.stringify(source), [DEBIAN]: JSON.stringify(tracker) },
    [SOURCE]: advisories,
    [DEBIAN]: debian,
    vulnerability: details,
  });
}

const detailOf = ({ title, description, severity, cwe, score, vector, advisory }) => ({
  Title: title,
  Description: description,
  Severity: severity.toUpperCase(),
  CweIDs: [cwe],
  VendorSeverity: { ghsa: SEVERITY[severity] },
  CVSS: { ghsa: { V3Vector: vector, V3Score: score } },
  References: [`https://github.com/advisories/${advisory}`],
});
