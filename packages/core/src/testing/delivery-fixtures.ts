import type { DeliveryInput } from '../ci/ci-adapter.js';
import type { Location, RawFinding } from '../model/finding.js';
import type { JudgedFinding } from '../model/judged.js';
import { SEVERITIES } from '../model/severity.js';
import { REPORTERS } from '../reporters/index.js';
import type { Reporter } from '../reporters/reporter.js';
import { type BuiltJudgement, buildJudgement, buildRawFinding } from './builders.js';
import { HOSTILE_TEXTS } from './hostile.js';
import { SITUATIONS } from './situations.js';

/** What an adapter gets of one run: the verdict, and before it the findings one by one. */
export interface BuiltDelivery {
  ruleNames: readonly string[];
  findings: readonly JudgedFinding[];
  input: DeliveryInput;
}

/** A verdict that every CI adapter has golden files for. */
export interface DeliveryFixture {
  /** Name of the folder of golden files. */
  name: string;
  build(): Promise<BuiltDelivery>;
}

const COMMIT = '8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e8f3c2d1e';

/** The judgement as the CLI hands it over; `text` stands in what a person who pushes a branch can choose. */
export function toDelivery(
  { judgement, ...rest }: BuiltJudgement,
  text = '',
  own: readonly Reporter[] = [],
): BuiltDelivery {
  const context = {
    tool: 'any',
    name: 'Any',
    buildUrl: 'https://ci.example/shop/7',
    buildNumber: '7',
    branch: `topic${text}`,
    commit: COMMIT,
    targetBranch: 'main',
    mergeRequest: '12',
  };
  const verdict = { ...judgement.verdict, ci: context };
  const written = [...REPORTERS.filter(({ format }) => format !== 'text'), ...own];
  const reports = written.map(({ format, fileName }) => ({ format, path: `scangate-out/${fileName}` }));
  const page = { format: 'html', path: 'scangate-out/report/index.html' };
  return { ...rest, input: { ...judgement, verdict, context, reports: [...reports, page] } };
}

const FIXTURE_SITUATIONS = ['pass', 'warn', 'fail', 'inconclusive', 'several-targets'];

/** pass, warn, fail, inconclusive, several targets, 5,000 findings, hostile text. */
export const deliveryFixtures = (own: readonly Reporter[] = []): DeliveryFixture[] => [
  ...SITUATIONS.filter(({ name }) => FIXTURE_SITUATIONS.includes(name)).map(({ name, build }) => ({
    name,
    build: async () => toDelivery(await build(), '', own),
  })),
  { name: 'many-findings', build: async () => toDelivery(await buildMany(5_000), '', own) },
  { name: 'hostile-text', build: () => buildTextDelivery(HOSTILE_TEXTS, own) },
];

const severityAt = (index: number) => SEVERITIES[index % SEVERITIES.length] ?? 'unknown';

const placesAt = (index: number): Location[] => [
  {
    kind: 'package',
    name: `lib${index % 700}`,
    version: `1.${index}`,
    ecosystem: 'debian',
    artifact: 'registry.example/shop:1.4',
  },
  { kind: 'package', name: `module${index % 900}`, version: '2.0', ecosystem: 'npm', path: 'web/package-lock.json' },
  { kind: 'file', path: `infra/main-${index % 40}.tf`, line: 1 + (index % 300), resource: 'bucket' },
  { kind: 'web', url: `https://shop.example/page/${index}?q=1`, method: 'GET', parameter: 'q' },
  { kind: 'host', host: `host-${index % 60}.example`, ip: '192.0.2.10', port: 443, protocol: 'tcp' },
];

function manyAt(index: number, text: string): RawFinding {
  const places = placesAt(index);
  return buildRawFinding({
    vulnerability: {
      source: 'nvd',
      id: `CVE-2099-${String(index).padStart(5, '0')}`,
      title: `Flaw ${index} of a parser${text}`,
      aliases: [],
      cwe: [79 + (index % 7)],
    },
    severity: severityAt(index),
    location: places[index % places.length] as Location,
    description: `Long words on flaw ${index}.${text}`,
    remediation: `Update past ${index}.${text}`,
  });
}

/** Findings of every kind of place and severity in two targets; `text` is added to each of their texts. */
export function buildMany(count: number, text = ''): Promise<BuiltJudgement> {
  const findings = Array.from({ length: count }, (_, index) => manyAt(index, text));
  const half = Math.ceil(count / 2);
  return buildJudgement({
    policy: {
      rules: [
        { name: 'nothing critical', select: { severity: 'critical' }, max: 0 },
        { name: 'few highs', select: { severity: 'high' }, max: 100, action: 'warn' },
        { name: 'not too many', max: count },
      ],
    },
    targets: [
      { name: 'shop-image', findings: findings.slice(0, half) },
      { name: 'shop-web', findings: findings.slice(half) },
    ],
  });
}

const textPlaces = (text: string): Location[] => [
  { kind: 'web', url: text, method: text, parameter: text },
  { kind: 'web', url: `https://shop.example/${text}`, method: 'GET', parameter: text },
  { kind: 'package', name: text, version: text, ecosystem: text, purl: text, layer: text, artifact: text },
  { kind: 'package', name: text, version: text, ecosystem: text, purl: text, path: text },
  { kind: 'host', host: text, ip: text, protocol: text, service: text, instance: text, port: 1 },
  { kind: 'file', path: text, resource: text, line: 7 },
  { kind: 'control', control: text, subject: text, instance: text },
  { kind: 'none' },
];

/** The text in every place that a report can fill, and in one of every kind of location. */
function textFindings(text: string, index: number): RawFinding[] {
  return textPlaces(text).map((location, place) =>
    buildRawFinding({
      vulnerability: {
        source: text,
        // Two findings never merge, whatever the texts are.
        id: `${index}-${place}-${text}`,
        title: text,
        aliases: [text, `CVE-${text}`],
        cwe: [79],
        owasp: [text],
        links: [text, `https://${text}`],
      },
      severity: place % 4 === 3 ? 'unknown' : 'critical',
      vendorSeverity: text,
      ...(place % 4 === 3 ? {} : { cvss: [{ version: '3.1', score: 9.1, vector: text, source: text }] }),
      fix: { available: true, version: text },
      state: text,
      location,
      description: `${text}\n${text}`,
      impact: text,
      remediation: text,
      evidence: text,
      ...(place % 4 === 2 ? { ignored: { reason: text } } : {}),
    }),
  );
}

/**
 * A failed run in which a report, a policy and a branch say these texts wherever they can. Two runs with as many texts
 * have the same shape: as many findings, of the same kinds, in the same places.
 */
export async function buildTextDelivery(
  texts: readonly string[],
  own: readonly Reporter[] = [],
): Promise<BuiltDelivery> {
  const all = texts.join(' ');
  const built = await buildJudgement({
    policy: {
      rules: [
        // No one could give a rule an empty name.
        { name: `nothing urgent ${all}`.slice(0, 200), select: { severity: 'critical' }, max: 0 },
        { name: 'scored', select: { cvss: { atLeast: 7 } }, max: 0 },
      ],
    },
    policySource: `scangate.yml${all}`,
    targets: [
      {
        name: `shop ${all.slice(0, 80)}`,
        source: `${all}.json`,
        findings: texts.flatMap(textFindings),
        statement: {
          tool: { name: `tool ${all}`, version: `1 ${all}` },
          subject: `shop ${all}`,
          link: `https://portal.example/${all}`,
          evidence: `seen ${all}`,
          state: `state ${all}`,
          problems: texts.map((text) => ({
            code: 'SCANGATE_SCAN_INCOMPLETE',
            message: `not ${text}`,
            mend: `do ${text}`,
          })),
        },
      },
    ],
  });
  return toDelivery(built, all, own);
}
