/** The KnowledgeBase of the demo subscription. QIDs keep the platform's numbering; what they say is invented. */
import type { Vulnerability } from '../model.js';
import { entry } from './entries.js';

export const CONFIRMED: readonly Vulnerability[] = [
  entry(150001, 'Reflected cross-site scripting', 5, 'confirmed', {
    cwe: [79],
    owasp: 'injection',
    wasc: 'xss',
    group: 'XSS',
    cvss3: ['6.1', 'AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N'],
    cvss2: ['4.3', 'AV:N/AC:M/Au:N/C:N/I:P/A:N'],
    pci: true,
    threats: [
      [5, 'Easy_Exploit'],
      [8, 'No_Patch'],
    ],
    text: [
      'A parameter of the page comes back in the answer without being escaped, so a script in it runs in the browser.',
      'Somebody who makes a user follow a link can act in that user’s name.',
      'Escape what is written into a page, for the place it is written to, and set a Content-Security-Policy.',
    ],
  }),
  entry(150003, 'SQL injection', 5, 'confirmed', {
    cwe: [89],
    owasp: 'injection',
    wasc: 'sql',
    group: 'SQL',
    cvss3: ['9.8', 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    cvss2: ['7.5', 'AV:N/AC:L/Au:N/C:P/I:P/A:P'],
    pci: true,
    exploit: 'An invented program that reads tables.',
    threats: [
      [2, 'Exploit_Public'],
      [6, 'High_Data_Loss'],
    ],
    text: [
      'A parameter reaches the database as part of a statement.',
      'Data can be read, changed or destroyed.',
      'Use statements with bound parameters everywhere.',
    ],
  }),
  entry(150011, 'Local file inclusion', 5, 'confirmed', {
    cwe: [22, 98],
    owasp: 'access',
    wasc: 'traversal',
    group: 'PATH',
    cvss3: ['7.5', 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N'],
    cvss2: ['5.0', 'AV:N/AC:L/Au:N/C:P/I:N/A:N'],
    pci: true,
  }),
  entry(150012, 'Blind SQL injection', 5, 'confirmed', {
    cwe: [89],
    owasp: 'injection',
    wasc: 'sql',
    group: 'SQL',
    cvss3: ['9.1', 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N'],
    cvss2: ['6.4', 'AV:N/AC:L/Au:N/C:P/I:P/A:N'],
    pci: true,
  }),
  entry(150440, 'Outdated logging library allows remote code execution', 5, 'confirmed', {
    cwe: [502],
    owasp: 'outdated',
    cves: ['CVE-2021-44228', 'CVE-2021-45046'],
    cvss3: ['10.0', 'AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H'],
    cvss2: ['9.3', 'AV:N/AC:M/Au:N/C:C/I:C/A:C'],
    pci: true,
    patchable: true,
    software: ['logging_library', 'invented'],
    exploit: 'An invented request header.',
    threats: [
      [3, 'Active_Attacks'],
      [15, 'Remote_Code_Execution'],
    ],
  }),
  entry(150013, 'Stored cross-site scripting', 4, 'confirmed', {
    cwe: [79],
    owasp: 'injection',
    wasc: 'xss',
    group: 'XSS',
    cvss3: ['7.2', 'AV:N/AC:L/PR:N/UI:N/S:C/C:L/I:L/A:N'],
    cvss2: ['5.8', 'AV:N/AC:M/Au:N/C:P/I:P/A:N'],
    pci: true,
  }),
  entry(150051, 'Open redirect', 4, 'confirmed', {
    cwe: [601],
    owasp: 'access',
    cvss3: ['4.7', 'AV:N/AC:L/PR:N/UI:R/S:C/C:N/I:L/A:N'],
    cvss2: ['5.8', 'AV:N/AC:M/Au:N/C:P/I:P/A:N'],
    pci: true,
  }),
  entry(150158, 'JavaScript library with known weaknesses', 4, 'confirmed', {
    cwe: [1104],
    owasp: 'outdated',
    cves: ['CVE-2019-11358', 'CVE-2020-11022'],
    cvss3: ['6.9', 'AV:N/AC:H/PR:N/UI:R/S:C/C:H/I:L/A:N'],
    cvss2: ['4.3', 'AV:N/AC:M/Au:N/C:N/I:P/A:N'],
    patchable: true,
    software: ['script_library', 'invented'],
  }),
  entry(150053, 'Login form is sent without encryption', 3, 'confirmed', {
    cwe: [319],
    owasp: 'crypto',
    wasc: 'transport',
    group: 'INFO',
    cvss3: ['5.9', 'AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N'],
    cvss2: ['4.3', 'AV:N/AC:M/Au:N/C:P/I:N/A:N'],
    pci: true,
  }),
  entry(150124, 'Page can be framed', 3, 'confirmed', {
    cwe: [451, 1021],
    owasp: 'configuration',
    wasc: 'configuration',
    cvss3: ['4.3', 'AV:N/AC:L/PR:N/UI:R/S:U/C:N/I:L/A:N'],
    cvss2: ['4.3', 'AV:N/AC:M/Au:N/C:N/I:P/A:N'],
  }),
  entry(150122, 'Cookie without the Secure attribute', 2, 'confirmed', {
    cwe: [614],
    owasp: 'crypto',
    wasc: 'transport',
    cvss3: ['3.1', 'AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N'],
    cvss2: ['2.6', 'AV:N/AC:H/Au:N/C:P/I:N/A:N'],
  }),
  entry(150112, 'Form field lets the browser remember a secret', 2, 'confirmed', {
    cwe: [200],
    owasp: 'identity',
    wasc: 'leakage',
    cvss3: ['3.7', 'AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N'],
    cvss2: ['0.0', 'AV:N/AC:L/Au:S/C:N/I:N/A:N'],
  }),
  entry(150246, 'Style sheet is imported relative to the path', 1, 'confirmed', {
    cwe: [20],
    owasp: 'design',
  }),
];

export const POTENTIAL: readonly Vulnerability[] = [
  entry(150076, 'Script in a URL fragment may run', 4, 'potential', {
    cwe: [79],
    owasp: 'injection',
    wasc: 'xss',
    group: 'XSS',
    cvss3: ['6.1', 'AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N'],
    cvss2: ['4.3', 'AV:N/AC:M/Au:N/C:N/I:P/A:N'],
    pci: true,
  }),
  entry(150084, 'Parameter comes back unencoded', 2, 'potential', { cwe: [79], owasp: 'injection', wasc: 'xss' }),
  entry(150085, 'Slow requests may exhaust the server', 3, 'potential', {
    cwe: [400],
    owasp: 'configuration',
    cvss3: ['5.3', 'AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L'],
    cvss2: ['5.0', 'AV:N/AC:L/Au:N/C:N/I:N/A:P'],
  }),
];

export const SENSITIVE: readonly Vulnerability[] = [
  entry(150016, 'Number like that of a payment card', 3, 'confirmed', { owasp: 'crypto', group: 'CC', pci: true }),
  entry(150017, 'Number like that of a social security card', 3, 'confirmed', { owasp: 'crypto', group: 'SSN_US' }),
];

export const GATHERED: readonly Vulnerability[] = [
  entry(150009, 'Links crawled', 1, 'information'),
  entry(150010, 'External links found', 1, 'information'),
  entry(150020, 'Links rejected', 1, 'information'),
  entry(150021, 'Scan diagnostics', 1, 'information'),
  entry(150054, 'Mail addresses found', 1, 'information'),
  entry(150104, 'Form with a mail address', 1, 'information'),
  entry(150115, 'Form used for authentication', 1, 'information'),
  entry(150142, 'Virtual host found', 1, 'information'),
  entry(150148, 'Sample of requests', 1, 'information'),
  entry(150172, 'Requests made by scripts', 1, 'information'),
  entry(150176, 'Script libraries in scope', 1, 'information'),
  entry(150206, 'Content-Security-Policy is not set', 2, 'information', { owasp: 'configuration' }),
  entry(150208, 'Referrer-Policy is not set', 2, 'information', { owasp: 'configuration' }),
  entry(150210, 'Server tells its version in a header', 3, 'information', { owasp: 'configuration' }),
  entry(150247, 'Web server and technologies', 1, 'information'),
  entry(150528, 'Server answered with status 4xx', 1, 'information'),
  entry(6, 'Name of the host', 1, 'information'),
  entry(45017, 'Operating system', 2, 'information'),
  entry(45038, 'Time of the scan', 1, 'information'),
];

const OF_HOSTS: readonly Vulnerability[] = [
  entry(38173, 'Certificate cannot be trusted', 2, 'confirmed', {
    category: 'General remote services',
    cvss3: ['6.5', 'AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N'],
    cvss2: ['6.4', 'AV:N/AC:L/Au:N/C:P/I:P/A:N'],
    pci: true,
  }),
  entry(105484, 'End of life of an operating system', 5, 'confirmed', {
    category: 'Security Policy',
    pci: true,
    authTypes: ['Unix', 'Windows'],
    remote: false,
  }),
  entry(105053, 'Unix Authentication Failed', 1, 'information', { category: 'Security Policy' }),
  entry(38739, 'Old versions of a secure shell', 4, 'confirmed', {
    category: 'General remote services',
    cves: ['CVE-2023-48795', 'CVE-2023-51385'],
    cvss3: ['5.9', 'AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:H/A:N'],
    pci: false,
    patchable: true,
    software: ['openssh', 'invented'],
    exploit: 'An invented program that shortens a handshake.',
  }),
  entry(316760, 'Command injection in a router', 3, 'either', {
    category: 'Routers',
    cves: ['CVE-2020-3403'],
    cvss3: ['6.7', 'AV:L/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H'],
    cvss2: ['6.9', 'AV:L/AC:M/Au:N/C:C/I:C/A:C'],
    pci: true,
    patchable: true,
    software: ['router_system', 'invented'],
    authTypes: ['Unix', 'SNMP'],
  }),
];

export const KNOWLEDGE_BASE: readonly Vulnerability[] = [
  ...CONFIRMED,
  ...POTENTIAL,
  ...SENSITIVE,
  ...GATHERED,
  ...OF_HOSTS,
];
