import type { PlatformRequest, ScannerPlatform, ScannerSituation } from '../../../src/testing/index.js';

export const SHA = 'ab12'.repeat(16);
export const OTHER_SHA = 'cd34'.repeat(16);
export const DIGEST = 'ef56'.repeat(16);
export const IMAGE = 'registry.example.test/shop/api:1.4';
/** After the clock of the stage, and before any scan of the tests is too old. */
export const SCANNED_MS = Date.UTC(2031, 1, 3, 5, 0, 0);
/** As the stage has it. */
export const NOW_MS = Date.UTC(2031, 1, 3, 4, 5, 6);
/** What a sign-in answers with. */
export const TOKEN = 'eyJhbGciOiJub25lIn0.eyJleHAiOjQ3MDAwMDAwMDB9.c2ln';

type Members = Record<string, unknown>;

export const vulnerability = (qid: number, more: Members = {}): Members => ({
  qid,
  title: `flaw ${qid}`,
  severity: 4,
  customerSeverity: 4,
  typeDetected: 'CONFIRMED',
  cveids: [`CVE-2030-${qid}`],
  cvssInfo: { baseScore: '6.8' },
  cvss3Info: { baseScore: '8.1' },
  patchAvailable: true,
  status: 'ACTIVE',
  threatIntel: { publicExploit: true, publicExploitNames: ['an invented one'], easyExploit: null },
  software: [{ name: 'openssl-libs', version: '3.0.1', fixVersion: '3.0.9' }],
  layerSha: ['sha256:01'],
  ...more,
});

export const image = (more: Members = {}): Members => ({
  sha: SHA,
  imageId: SHA.slice(0, 12),
  uuid: '00000000-0000-4000-8000-000000000001',
  created: String(SCANNED_MS - 7_200_000),
  repo: [{ registry: 'registry.example.test', repository: 'shop/api', tag: '1.4' }],
  repoDigests: [{ registry: 'registry.example.test', repository: 'shop/api', digest: `sha256:${DIGEST}` }],
  source: ['REGISTRY'],
  registryUuid: ['00000000-0000-4000-8000-0000000000aa'],
  lastScanned: String(SCANNED_MS),
  scanStatus: 'SUCCESS',
  scanErrorCode: null,
  ...more,
});

export const container = (id: number, more: Members = {}): Members => ({
  sha: String(id).repeat(64).slice(0, 64),
  containerId: String(id).repeat(12).slice(0, 12),
  uuid: `00000000-0000-4000-9000-${String(id).padStart(12, '0')}`,
  name: `shop-${id}`,
  imageId: SHA.slice(0, 12),
  imageSha: SHA,
  state: 'RUNNING',
  updated: String(NOW_MS - 600_000),
  lastScanned: String(NOW_MS - 600_000),
  host: { hostname: 'node-1.example.test', lastUpdated: String(NOW_MS - 600_000) },
  isDrift: false,
  drift: null,
  ...more,
});

/** Parts of an answer that a test may set. */
export interface CsParts {
  /** Records of the list of images. */
  images?: Members[];
  /** Members of the details beside those of the record; a later one wins. */
  details?: Members;
  /** Elements of `vulnerabilities`. */
  vulnerabilities?: unknown;
  /** Body of `/vuln/count`. */
  counts?: Members;
  /** Body of `/vuln`. */
  vuln?: Members;
  containers?: Members[];
  schedule?: Members;
  policies?: Members[];
}

const STATUSES: Partial<Record<ScannerSituation, string>> = { cancelled: 'CANCELED', 'unknown state': 'HIBERNATED' };
const JOBS: Partial<Record<ScannerSituation, string>> = {
  queued: 'Queued',
  running: 'Running',
  cancelled: 'Canceled',
  'unknown state': 'Hibernated',
};

const json = (value: unknown): string => JSON.stringify(value);

/** A platform of one image, in memory. */
export class CsPlatform implements ScannerPlatform {
  situation: ScannerSituation = 'done';
  launches = 0;
  cancels = 0;
  private jobName = '';

  constructor(
    readonly parts: CsParts = {},
    /** What the situation is of: the scan of an image, or the job of a registry. */
    private readonly of: 'image' | 'job' = 'image',
  ) {}

  answer({ method, path, query, body }: PlatformRequest): string | undefined {
    if (path === '/auth') return TOKEN;
    if (path.includes('/knowledge_base/')) return knowledgeBase(new URLSearchParams(body).get('ids') ?? '');
    const [, kind, id, part, last, verb] = path.replace('/csapi/v1.3', '').split('/');
    if (kind === 'images') return id === undefined ? this.page(this.images(), query) : this.image(part, last);
    if (kind === 'containers') return this.containers(id, query);
    if (kind === 'centralizedPolicy') return this.policies(id, query);
    if (kind !== 'registry') return undefined;
    if (id === undefined) return this.page([registry], query);
    if (part === 'schedule' && method === 'POST') return verb === 'cancel' ? this.cancel() : this.launch(body);
    return part === 'schedule' ? this.page(this.schedules(), query) : json(registry);
  }

  private images(): Members[] {
    if (this.parts.images) return this.parts.images;
    if (this.of === 'image' && this.situation === 'queued') return [];
    return [this.record()];
  }

  private record(): Members {
    const isScanned = this.of === 'job' || this.situation !== 'running';
    return {
      ...image(isScanned ? {} : { lastScanned: null, scanStatus: null }),
      ...(this.of === 'image' && STATUSES[this.situation] ? { scanStatus: STATUSES[this.situation] } : {}),
    };
  }

  private image(part: string | undefined, last: string | undefined): string | undefined {
    const list = this.vulnerabilities();
    if (part === undefined)
      return json(this.shaped({ ...this.record(), ...this.parts.details, vulnerabilities: list }));
    if (part !== 'vuln') return undefined;
    if (last === 'count') return json(this.parts.counts ?? this.counts());
    return json(this.parts.vuln ?? { details: list });
  }

  private vulnerabilities(): unknown {
    const { situation } = this;
    if (this.parts.vulnerabilities !== undefined) return this.parts.vulnerabilities;
    if (situation === 'processing') return null;
    const [first, second] = [
      vulnerability(990_001, situation === 'unknown severity' ? { severity: 6 } : {}),
      vulnerability(990_002, { severity: 3 }),
    ];
    if (situation === 'missing page') return [first];
    return situation === 'repeated page' ? [first, first] : [first, second];
  }

  private counts(): Members {
    const list = this.parts.vulnerabilities;
    const levels = Array.isArray(list) ? list.map(({ severity }: { severity: number }) => severity) : [4, 3];
    return Object.fromEntries(
      [1, 2, 3, 4, 5].map((level) => [`severity${level}Count`, levels.filter((one) => one === level).length]),
    );
  }

  private containers(id: string | undefined, query: URLSearchParams): string | undefined {
    const all = this.parts.containers ?? [container(1), container(2, { state: 'STOPPED' })];
    if (id === undefined) return this.page(all, query);
    const one = all.find(({ sha }) => sha === id);
    return one && json(this.shaped(one));
  }

  private policies(id: string | undefined, query: URLSearchParams): string | undefined {
    const all = this.parts.policies ?? [];
    if (id === undefined) return this.page(all, query);
    const one = all.find(({ uuid }) => uuid === id);
    return one && json(one);
  }

  private page(all: Members[], query: URLSearchParams): string {
    const size = Number(query.get('pageSize'));
    const start = (Number(query.get('pageNumber')) - 1) * size;
    return json(this.shaped({ data: all.slice(start, start + size), count: all.length }));
  }

  private schedules(): Members[] {
    if (this.launches === 0) return [];
    const status = JOBS[this.situation] ?? 'Finished';
    return [
      { scheduleUuid: 'job-1', name: this.jobName, onDemand: true, status, errors: null, ...this.parts.schedule },
    ];
  }

  private launch(body: string): string {
    this.launches++;
    this.jobName = (JSON.parse(body) as { name: string }).name;
    return json({ scheduleId: 'job-1' });
  }

  private cancel(): string | undefined {
    this.cancels++;
    return this.situation === 'done' ? undefined : json('job-1');
  }

  private shaped(members: Members): Members {
    if (this.situation !== 'bare elements') return members;
    return JSON.parse(JSON.stringify(members), (_, value: unknown) =>
      Array.isArray(value) && value.length === 1 ? value[0] : value,
    ) as Members;
  }
}

const registry = {
  registryUuid: '00000000-0000-4000-8000-0000000000aa',
  registryUri: 'https://registry.example.test',
  registryType: 'DockerV2-Private',
};

function knowledgeBase(ids: string): string {
  const entries = ids.split(',').map(
    (qid) => `<VULN><QID>${qid}</QID><VULN_TYPE>Vulnerability</VULN_TYPE><SEVERITY_LEVEL>4</SEVERITY_LEVEL>
<TITLE>flaw</TITLE><PATCHABLE>0</PATCHABLE><CONSEQUENCE>Harm.</CONSEQUENCE><PCI_FLAG>1</PCI_FLAG></VULN>`,
  );
  return `<KNOWLEDGE_BASE_VULN_LIST_OUTPUT><RESPONSE><VULN_LIST>${entries.join('')}</VULN_LIST></RESPONSE></KNOWLEDGE_BASE_VULN_LIST_OUTPUT>`;
}
