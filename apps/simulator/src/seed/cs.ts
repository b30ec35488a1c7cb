/** The container images of the subscription `demo`. */
import type { CsContainer, CsImage, CsSeed, CsVulnerability } from '../cs-model.js';
import { stableGuid, stableHex } from '../hash.js';

const DAY = 86_400_000;
const REGISTRY = 'registry.example.test';

function flaw(
  qid: number,
  severity: number,
  title: string,
  name: string,
  more: Partial<CsVulnerability> = {},
): CsVulnerability {
  return {
    qid,
    severity,
    title,
    type: 'CONFIRMED',
    cves: [`CVE-2030-${qid % 100_000}`],
    cvss2: '6.8',
    cvss3: '8.1',
    software: [{ name, version: '1.0.2', fix: '1.0.9' }],
    ...more,
  };
}

const FLAWS: readonly CsVulnerability[] = [
  flaw(990_001, 5, 'Invented overflow in libdemo', 'libdemo', { exploited: true, cvss3: '9.8' }),
  flaw(990_002, 4, 'Invented escape in shelltools', 'shelltools', {
    software: [
      { name: 'shelltools', version: '2.1', fix: '2.2' },
      { name: 'shelltools-doc', version: '2.1' },
    ],
  }),
  flaw(990_003, 3, 'Invented weak default in webkit-demo', 'webkit-demo', { cvss2: '', cves: [] }),
  flaw(990_004, 4, 'Invented possible race in kernel-demo', 'kernel-demo', { type: 'POTENTIAL' }),
  flaw(990_005, 3, 'Invented flaw that was accepted', 'oldlib', { exempted: true }),
];

interface ImageFacts {
  readonly repository: string;
  readonly tags: readonly string[];
  readonly ageDays: number;
  readonly scannedDaysAgo?: number;
  readonly vulnerabilities?: readonly CsVulnerability[];
  readonly sources?: CsImage['sources'];
  readonly secrets?: CsImage['secrets'];
  readonly malware?: CsImage['malware'];
  /** Order among images of one repository. */
  readonly nth?: number;
  /** Pushed to the registry, and seen by nobody yet. */
  readonly unseen?: boolean;
  readonly nullWhenClean?: boolean;
}

const IMAGES: readonly ImageFacts[] = [
  {
    repository: 'shop/api',
    tags: ['1.4'],
    ageDays: 3,
    scannedDaysAgo: 0.5,
    vulnerabilities: FLAWS,
    secrets: [{ title: 'Cloud access key', path: '/app/.env' }],
  },
  { repository: 'shop/api', tags: ['1.5'], ageDays: 0.1, vulnerabilities: FLAWS.slice(2), nth: 1, unseen: true },
  { repository: 'shop/handbook', tags: ['2.0'], ageDays: 5, scannedDaysAgo: 0.3 },
  { repository: 'shop/scratch', tags: ['1'], ageDays: 1, scannedDaysAgo: 0.2, nullWhenClean: true },
  { repository: 'shop/legacy', tags: ['1.0'], ageDays: 90, scannedDaysAgo: 60, vulnerabilities: FLAWS },
  { repository: 'shop/twin', tags: ['latest'], ageDays: 2, scannedDaysAgo: 0.2 },
  { repository: 'shop/twin', tags: ['latest', '7'], ageDays: 1, scannedDaysAgo: 0.2, nth: 1 },
  {
    repository: 'shop/infected',
    tags: ['1'],
    ageDays: 1,
    scannedDaysAgo: 0.1,
    sources: ['CICD'],
    malware: [{ name: 'Demo.Dropper', path: '/usr/local/bin/x' }],
  },
];

const shaOf = ({ repository, nth = 0 }: Pick<ImageFacts, 'repository' | 'nth'>): string =>
  stableHex(`image ${repository}`, nth);

function image(facts: ImageFacts, start: number): CsImage {
  const { repository, tags, ageDays, scannedDaysAgo, nth = 0 } = facts;
  const scanned = scannedDaysAgo === undefined ? undefined : start - scannedDaysAgo * DAY;
  return {
    sha: shaOf(facts),
    names: tags.map((tag) => ({ registry: REGISTRY, repository, tag })),
    digest: stableHex(`manifest ${repository}`, nth),
    created: start - ageDays * DAY,
    known: facts.unseen ? undefined : start - ageDays * DAY,
    scanned,
    processed: scanned,
    sources: facts.sources ?? ['REGISTRY'],
    vulnerabilities: facts.vulnerabilities ?? [],
    nullWhenClean: facts.nullWhenClean ?? false,
    secrets: facts.secrets ?? [],
    malware: facts.malware ?? [],
  };
}

function containers(start: number): readonly CsContainer[] {
  const imageSha = shaOf({ repository: 'shop/api' });
  const at = (nth: number, more: Partial<CsContainer>): CsContainer => ({
    sha: stableHex('container', nth),
    name: `shop-api-${nth}`,
    imageSha,
    state: 'RUNNING',
    host: `node-${nth}.example.test`,
    updated: start - 600_000,
    ...more,
  });
  return [
    at(1, {}),
    at(2, { drift: [flaw(990_010, 5, 'Invented tool that was installed later', 'netdemo')] }),
    at(3, { state: 'STOPPED', updated: start - 3 * DAY }),
    at(4, { imageSha: shaOf({ repository: 'shop/legacy' }), updated: start - 4 * DAY, name: 'legacy-1' }),
  ];
}

export function demoContainers(start: number): CsSeed {
  return {
    images: IMAGES.map((facts) => image(facts, start)),
    containers: containers(start),
    registries: [
      { uuid: stableGuid('registry', 1), uri: `https://${REGISTRY}`, type: 'DockerV2-Private' },
      { uuid: stableGuid('registry', 2), uri: 'https://mirror.example.test', type: 'DockerV2' },
    ],
    policies: [
      {
        uuid: stableGuid('policy', 1),
        name: 'Production',
        type: 'ADMISSION_CONTROLLER',
        active: true,
        isDefault: false,
        rules: [
          {
            name: 'no urgent vulnerabilities',
            type: 'IMAGESCAN_VULN_SEVERITYCOUNT',
            meta: { operator: 'GREATER_THAN', severityLevel: 5, threshold: 0 },
          },
        ],
      },
      {
        uuid: stableGuid('policy', 2),
        name: 'Pipelines',
        type: 'CICD',
        active: true,
        isDefault: true,
        rules: [{ name: 'no restricted controls', type: 'IMAGESCAN_VULN_RESTRICTED_CIDS', meta: { cids: [1] } }],
      },
    ],
  };
}
