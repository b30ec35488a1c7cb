import type { CsImage, CsVulnerability } from '../cs-model.js';
import { stableGuid } from '../hash.js';
import type { Answer } from '../http/call.js';
import type { Fields } from '../qql.js';
import type { Context, Route } from '../router.js';
import { csError, csRoute, json, listed, notKnown, stamp } from './cs-route.js';

const FIELDS: Fields<CsImage> = {
  sha: ({ sha }) => [sha],
  imageId: ({ sha }) => [sha.slice(0, 12)],
  'repo.registry': ({ names }) => names.map(({ registry }) => registry),
  'repo.repository': ({ names }) => names.map(({ repository }) => repository),
  'repo.tag': ({ names }) => names.map(({ tag }) => tag),
  created: ({ created }) => [created],
  lastScanned: ({ scanned }) => [scanned],
  source: ({ sources }) => sources,
};

const LEVELS = [1, 2, 3, 4, 5];

export function countsOf(vulnerabilities: readonly CsVulnerability[]): Record<string, number> {
  const count = (level: number): number => vulnerabilities.filter(({ severity }) => severity === level).length;
  return Object.fromEntries(LEVELS.map((level) => [`severity${level}Count`, count(level)]));
}

export function vulnerability({ world, route }: Context, flaw: CsVulnerability, firstFound: number): object {
  const { faults } = world;
  const isStrange = faults.isActive('unknown-severity', route.name) && flaw.severity === 5;
  return {
    qid: flaw.qid,
    title: flaw.title,
    severity: isStrange ? faults.setting('unknown-severity', 'word') : flaw.severity,
    customerSeverity: flaw.severity,
    typeDetected: flaw.type,
    cveids: flaw.cves,
    cvssInfo: { baseScore: flaw.cvss2 ?? '', temporalScore: '' },
    cvss3Info: { baseScore: flaw.cvss3 ?? '', temporalScore: '' },
    patchAvailable: flaw.software.some(({ fix }) => fix !== undefined),
    category: 'Debian',
    firstFound: stamp(firstFound),
    lastFound: stamp(firstFound),
    fixed: null,
    status: 'ACTIVE',
    isExempted: flaw.exempted ?? null,
    threatIntel: { publicExploit: flaw.exploited ?? null, cisaKnownExploitedVulns: flaw.exploited ?? null },
    software: flaw.software.map(({ name, version, fix }) => ({
      name,
      version,
      fixVersion: fix ?? null,
      packagePath: null,
    })),
    layerSha: [`sha256:${String(flaw.qid).padStart(64, '0')}`],
    result: `${flaw.software[0]?.name ?? ''} ${flaw.software[0]?.version ?? ''}`,
  };
}

/** Scanned and processed are two things; the platform shows the first before the second. */
function scanOf({ world, route }: Context, { scanned, processed }: CsImage) {
  const now = world.clock.now();
  const { faults } = world;
  const late = faults.isActive('processing-late') ? Number(faults.setting('processing-late', 'seconds')) * 1000 : 0;
  const isScanned = !faults.isActive('stuck-running', route.name) && scanned !== undefined && scanned <= now;
  return { isScanned, isProcessed: isScanned && processed !== undefined && processed + late <= now };
}

function statusOf({ world }: Context): string {
  const { faults } = world;
  if (faults.isActive('unknown-status')) return faults.setting('unknown-status', 'word');
  if (faults.isActive('cancelled')) return faults.setting('cancelled', 'word');
  return faults.isActive('scan-error') ? 'FAILED' : 'SUCCESS';
}

function summary(context: Context, image: CsImage): Record<string, unknown> {
  const { cs } = context.world.store;
  const { isScanned, isProcessed } = scanOf(context, image);
  const running = cs.seed.containers.filter(({ imageSha, state }) => imageSha === image.sha && state === 'RUNNING');
  return {
    created: stamp(image.created),
    updated: stamp(image.scanned ?? image.created),
    sha: image.sha,
    imageId: image.sha.slice(0, 12),
    uuid: stableGuid(image.sha, 1),
    repo: image.names,
    repoDigests: image.names
      .slice(0, 1)
      .map(({ registry, repository }) => ({ registry, repository, digest: `sha256:${image.digest}` })),
    size: 104_857_600,
    lastScanned: isScanned ? stamp(image.scanned) : null,
    lastVmScanDate: isScanned ? stamp(image.scanned) : null,
    scanStatus: isScanned ? statusOf(context) : null,
    scanErrorCode: null,
    scanTypes: ['STATIC'],
    source: image.sources,
    registryUuid: image.sources.includes('REGISTRY') ? [cs.seed.registries[0]?.uuid] : null,
    associatedContainersCount: running.length,
    associatedHostsCount: running.length,
    isDockerHubOfficial: false,
    vulnerabilities: isProcessed ? countsOf(image.vulnerabilities) : null,
  };
}

function details(context: Context, image: CsImage): Answer {
  const { isProcessed } = scanOf(context, image);
  const parts = new Set((context.call.query.get('scanDetails') ?? '').split(','));
  const list = image.vulnerabilities.map((flaw) => vulnerability(context, flaw, image.created));
  const isNull = !isProcessed || (list.length === 0 && image.nullWhenClean);
  const { secrets, malware } = image;
  return json({
    ...summary(context, image),
    author: 'demo',
    operatingSystem: 'Debian GNU/Linux 12',
    dockerVersion: '27.0',
    architecture: 'amd64',
    layersCount: 1,
    layers: [{ size: '104857600', createdBy: 'ADD file', created: stamp(image.created), id: '1', layerNumber: 1 }],
    softwares: image.vulnerabilities.flatMap(({ software }) =>
      software.map(({ name, version }) => ({ name, version })),
    ),
    vulnerabilities: isNull ? null : list,
    ...(parts.has('secrets')
      ? { secrets: secrets.map(({ title, path }) => ({ title, severity: 'HIGH', filePath: path, startLine: 1 })) }
      : {}),
    ...(parts.has('malware')
      ? { malware: malware.map(({ name, path }) => ({ malwareName: name, severity: 'HIGH', filePath: path })) }
      : {}),
  });
}

/** Ids of 12 digits are understood as well. */
const ofImage =
  (answer: (context: Context, image: CsImage) => Answer) =>
  (context: Context): Answer => {
    const { world, path } = context;
    const id = path.sha ?? '';
    const isId = /^(?:[0-9a-f]{12}|[0-9a-f]{64})$/.test(id);
    const image = isId ? world.store.cs.images().find(({ sha }) => sha.startsWith(id)) : undefined;
    return image ? answer(context, image) : notKnown(context, 'image');
  };

function vuln(context: Context, image: CsImage): Answer {
  const { query } = context.call;
  const type = query.get('type') ?? 'ALL';
  if (!['SUMMARY', 'DETAILS', 'ALL'].includes(type)) {
    return csError(context, 400, 'BAD_REQUEST', 'type is SUMMARY, DETAILS or ALL');
  }
  // Exceptions are applied unless the caller says otherwise.
  const flaws = image.vulnerabilities.filter(
    ({ exempted }) => query.get('applyException') === 'false' || exempted !== true,
  );
  const { isProcessed } = scanOf(context, image);
  const found = isProcessed ? flaws.map((flaw) => vulnerability(context, flaw, image.created)) : null;
  return json({
    ...(type === 'SUMMARY' ? {} : { details: found }),
    ...(type === 'DETAILS' ? {} : { vulnSummary: { confirmed: countsOf(flaws), potential: countsOf([]) } }),
  });
}

function count(context: Context, image: CsImage): Answer {
  const { faults } = context.world;
  const counts = countsOf(image.vulnerabilities);
  if (!scanOf(context, image).isProcessed)
    return json(Object.fromEntries(Object.keys(counts).map((key) => [key, null])));
  if (!faults.strikes('counter-mismatch', context.route.name)) return json(counts);
  const extra = Number(faults.setting('counter-mismatch', 'extra'));
  return json({ ...counts, severity5Count: (counts.severity5Count ?? 0) + extra });
}

export const csImageRoutes: readonly Route[] = [
  csRoute('GET', '/images', (context) => {
    const images = [...context.world.store.cs.images()].sort((left, right) => right.created - left.created);
    return listed(context, images, FIELDS, (image) => summary(context, image));
  }),
  csRoute('GET', '/images/:sha', ofImage(details)),
  csRoute('GET', '/images/:sha/vuln', ofImage(vuln)),
  csRoute('GET', '/images/:sha/vuln/count', ofImage(count)),
];
