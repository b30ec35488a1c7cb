import type { Location, RawFinding } from '../model/finding.js';
import { type BuiltJudgement, buildJudgement, buildRawFinding, type JudgementSketch } from './builders.js';
import { HOSTILE_TEXTS } from './hostile.js';

/** A judgement worth a golden file in every format. */
export interface Situation {
  /** Name of the golden file. */
  name: string;
  build(): Promise<BuiltJudgement>;
}

const NOTHING_URGENT = { name: 'nothing urgent', select: { severity: { atLeast: 'critical' } }, max: 0 };
const FEW_HIGHS = { name: 'few highs', select: { severity: 'high' }, max: 1, action: 'warn' };
const NO_SECRETS = { name: 'no secrets', select: { kind: 'secret' }, max: 0 };
const CARD_DATA = { name: 'card data', select: { pci: true }, max: 0, missing: 'ignore' };
const CVSS = { name: 'cvss 7.0', select: { cvss: { atLeast: 7 } }, max: 0 };

const overflow = buildRawFinding({
  vulnerability: {
    source: 'debian',
    id: 'CVE-2099-0001',
    title: 'libexample: heap overflow',
    aliases: ['DSA-1-1'],
    cwe: [122],
    links: ['https://advisories.example/CVE-2099-0001'],
  },
  severity: 'critical',
  vendorSeverity: 'CRITICAL',
  cvss: [{ version: '3.1', score: 9.8, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', source: 'nvd' }],
  fix: { available: true, version: '1.1' },
  description: 'A heap overflow in the parser.\nA remote attacker can run code.',
  impact: 'Code of the attacker runs.',
  remediation: 'Update libexample to 1.1.',
});
const injection = buildRawFinding({
  vulnerability: {
    source: 'qualys',
    id: '150001',
    title: 'Reflected Cross-Site Scripting',
    aliases: ['CVE-2099-0002'],
    cwe: [79],
    owasp: ['A03:2021'],
  },
  severity: 'critical',
  vendorSeverity: '5',
  pci: true,
  status: 'reopened',
  location: { kind: 'web', url: 'https://shop.example/search?q=1', method: 'GET', parameter: 'q' },
  remediation: 'Encode the output.',
});
const rootUser = buildRawFinding({
  vulnerability: { source: 'trivy', id: 'DS002', title: 'root user', aliases: [] },
  kind: 'misconfiguration',
  severity: 'high',
  location: { kind: 'file', path: './docker/Dockerfile', line: 3, endLine: 4, resource: 'USER' },
  remediation: 'Add a USER.',
});
const banner = buildRawFinding({
  vulnerability: { source: 'qualys', id: '6', title: 'DNS Host Name' },
  kind: 'information',
  severity: 'info',
  location: { kind: 'host', host: 'build-17.example', ip: '192.0.2.10', port: 443, protocol: 'tcp' },
});
const accepted = buildRawFinding({ ignored: { reason: 'not reachable, until 2027' }, severity: 'high' });
const weakCipher = buildRawFinding({
  vulnerability: { source: 'qualys', id: '38173', title: 'Weak cipher' },
  severity: 'medium',
  location: { kind: 'host', ip: '192.0.2.11', port: 443, protocol: 'tcp', service: 'https' },
  fix: { available: false },
});
const shouting = buildRawFinding({ severity: 'unknown', vendorSeverity: 'SHOUTING', location: { kind: 'none' } });
const truncated = {
  code: 'SCANGATE_REPORT_TRUNCATED',
  message: 'broken.json: ends after 12 bytes',
  mend: 'let the scanner finish before the gate starts',
};
const partial = { code: 'SCANGATE_SCAN_INCOMPLETE', message: 'image.tar was not found', mend: 'let the scan finish' };

const situation = (name: string, sketch: () => JudgementSketch): Situation => ({
  name,
  build: () => buildJudgement(sketch()),
});

/** A finding with the text in every place a report can fill. */
function buildHostileFinding(text: string): RawFinding {
  const locations: Location[] = [
    { kind: 'web', url: text, method: text, parameter: text },
    {
      kind: 'package',
      name: text,
      version: text,
      ecosystem: text,
      purl: text,
      path: text,
      layer: text,
      artifact: text,
    },
    { kind: 'host', host: text, ip: text, protocol: text, service: text, instance: text, port: 1 },
    { kind: 'file', path: text, resource: text, line: 7 },
    { kind: 'control', control: text, subject: text, instance: text },
  ];
  return buildRawFinding({
    vulnerability: {
      source: text,
      id: text,
      title: text,
      aliases: [text, `CVE-${text}`],
      owasp: [text],
      links: [text, `https://${text}`],
    },
    severity: 'critical',
    vendorSeverity: text,
    cvss: [{ version: '3.1', score: 9.1, vector: text, source: text }],
    fix: { available: true, version: text },
    state: text,
    location: locations[text.length % locations.length] as Location,
    description: text,
    impact: text,
    remediation: text,
    evidence: text,
  });
}

function hostileVariant(raw: RawFinding, text: string, index: number): RawFinding {
  if (index % 4 === 1) return { ...raw, severity: 'unknown', cvss: undefined };
  return index % 4 === 2 ? { ...raw, ignored: { reason: text } } : raw;
}

/** The texts as findings, as names, and as what a report says of its scan. */
export const hostileSketch = (texts: readonly string[]): JudgementSketch => ({
  policy: {
    rules: [
      { ...NOTHING_URGENT, name: `nothing urgent ${texts.join(' ')}`.slice(0, 200) },
      { ...CVSS, name: 'scored' },
    ],
  },
  policySource: texts.at(-1) ?? 'scangate.yml',
  targets: [
    {
      name: `shop ${texts.join(' ').slice(0, 80)}`,
      findings: texts.map((text, index) => hostileVariant(buildHostileFinding(text), text, index)),
      statement: {
        tool: { name: texts.join(' '), version: texts.join(' ') },
        subject: texts.join(' '),
        link: texts.join(' '),
        evidence: texts.join(' '),
        problems: texts.map((text) => ({ code: 'SCANGATE_SCAN_INCOMPLETE', message: text, mend: text })),
      },
    },
  ],
});

const SKETCHES: Record<string, () => JudgementSketch> = {
  pass: () => ({
    policy: { rules: [NOTHING_URGENT, NO_SECRETS, CARD_DATA] },
    targets: [
      { name: 'shop-image', findings: [weakCipher, banner, banner, accepted], statement: { subject: 'shop:1.4' } },
    ],
  }),
  warn: () => ({
    policy: { rules: [NOTHING_URGENT, FEW_HIGHS] },
    targets: [{ name: 'templates', findings: [rootUser, buildRawFinding()] }],
  }),
  fail: () => ({
    policy: { rules: [NOTHING_URGENT, FEW_HIGHS, NO_SECRETS, CARD_DATA, { ...CVSS, missing: 'fail' }] },
    targets: [{ name: 'shop', findings: [overflow, injection, rootUser, weakCipher, banner, accepted, overflow] }],
  }),
  inconclusive: () => ({
    policy: { rules: [CVSS, NOTHING_URGENT] },
    targets: [{ name: 'shop-image', findings: [buildRawFinding(), rootUser] }],
  }),
  'several-targets': () => ({
    policy: { rules: [NOTHING_URGENT, FEW_HIGHS] },
    targets: [
      { name: 'base-image', findings: [overflow] },
      {
        name: 'shop.example',
        scanner: 'wapiti',
        findings: [weakCipher],
        statement: { tool: { name: 'wapiti' }, problems: [partial] },
      },
      { name: 'broken', findings: [injection], unreadable: truncated },
    ],
  }),
  'incomplete-as-warning': () => ({
    policy: { onIncomplete: 'warn', rules: [NOTHING_URGENT] },
    targets: [{ name: 'shop-image', statement: { problems: [partial] } }],
  }),
  'hostile-text': () => hostileSketch(HOSTILE_TEXTS),
  'nothing-found': () => ({
    policy: { rules: [NOTHING_URGENT] },
    policySource: '--fail-on',
    targets: [{ name: 'shop-image' }],
  }),
  'unknown-severity': () => ({
    policy: { rules: [NOTHING_URGENT] },
    targets: [{ name: 'shop-image', findings: [shouting, shouting] }],
  }),
};

export const SITUATIONS: readonly Situation[] = Object.entries(SKETCHES).map(([name, sketch]) =>
  situation(name, sketch),
);
