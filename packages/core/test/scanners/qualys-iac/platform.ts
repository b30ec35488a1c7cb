import {
  buildMachine,
  type FakeMachine,
  type PlatformRequest,
  type ScannerPlatform,
  type ScannerSituation,
} from '../../../src/testing/index.js';

const UUID = '00000000-0000-4000-8000-000000000001';
export const STARTED = '2031-02-03T04:05:00Z';

/** Parts of an answer that a test may set. */
export interface IacParts {
  /** The status of the list, and that of the result. */
  status?: string;
  resultStatus?: string;
  /** Of the result, whole. */
  result?: unknown;
  /** Entries of the list beside the scan. */
  others?: Record<string, unknown>[];
}

export const check = (id: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  checkId: id,
  checkName: `control ${id}`,
  criticality: 'HIGH',
  checkResult: { result: 'FAILED' },
  filePath: '/main.tf',
  resource: 'aws_s3_bucket.logs',
  remediation: 'Turn it on.',
  ...more,
});

export function checked(
  failed: Record<string, unknown>[],
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const failedStats = { high: failed.length, medium: 0, low: 0 };
  return {
    checkType: 'Terraform',
    results: { failedChecks: failed, passedChecks: [], parsingErrors: [] },
    summary: { passed: 5, failed: failed.length, failedStats, skipped: 0, parsingErrors: 0 },
    ...more,
  };
}

export const MAIN_TF = `terraform {}

resource "aws_s3_bucket" "logs" {
  bucket = "logs"
}

resource "aws_s3_bucket" "data" {
  bucket = "data"
}
`;

export const machineWith = (userFiles: Record<string, string | Uint8Array>, links: string[] = []): FakeMachine =>
  buildMachine({ program: () => undefined, userFiles, links });

export const infra = (): FakeMachine => machineWith({ 'infra/main.tf': MAIN_TF });

const STATES: Record<ScannerSituation, [status: string, resultStatus: string]> = {
  queued: ['SUBMITTED', 'SUBMITTED'],
  running: ['PROCESSING', 'PROCESSING'],
  processing: ['FINISHED', 'PROCESSING'],
  done: ['FINISHED', 'FINISHED'],
  cancelled: ['CANCELED', 'CANCELED'],
  'unknown state': ['HIBERNATED', 'HIBERNATED'],
  'unknown severity': ['FINISHED', 'FINISHED'],
  'bare elements': ['FINISHED', 'FINISHED'],
  'repeated page': ['FINISHED', 'FINISHED'],
  'missing page': ['FINISHED', 'FINISHED'],
};

interface Upload {
  name: string;
  showOnlyFailedControls: string;
  tags: Record<string, string>[];
}

/** A platform of one scan, in memory. */
export class IacPlatform implements ScannerPlatform {
  situation: ScannerSituation = 'queued';
  launches = 0;
  upload: Upload | undefined;

  constructor(readonly parts: IacParts = {}) {}

  answer({ method, path, query, body }: PlatformRequest): string | undefined {
    switch (`${method} ${path.replace('/cloudview-api/rest/v1/iac', '')}`) {
      case 'POST /auth':
        return 'aaaa.bbbb.cccc';
      case 'POST /scan':
        this.launches++;
        this.upload = uploadIn(body);
        return JSON.stringify({ scanUuid: UUID });
      case 'GET /getScanList':
        return this.list(query);
      case 'GET /scanResult':
        return JSON.stringify(this.result());
      default:
        return undefined;
    }
  }

  private list(query: URLSearchParams): string {
    const all = [...(this.parts.others ?? []), ...(this.launches > 0 ? [this.scan()] : [])];
    const filter = query.get('filter');
    const size = Number(query.get('pageSize') ?? 100);
    const first = Number(query.get('pageNo') ?? 0) * size;
    const content =
      filter === null
        ? all.slice(first, first + size)
        : all.filter(({ scanUuid }) => filter === `scanUuid:${scanUuid}`);
    const isBare = this.situation === 'bare elements' && content.length === 1;
    const totalElements = filter === null ? all.length : content.length;
    return JSON.stringify({ content: isBare ? content[0] : content, totalElements });
  }

  private scan(): Record<string, unknown> {
    const status = this.parts.status ?? STATES[this.situation][0];
    const { name, tags } = this.upload ?? {};
    return { scanUuid: UUID, name, tags, status, scanDate: STARTED };
  }

  private result(): Record<string, unknown> {
    const { situation, parts } = this;
    const severity = situation === 'unknown severity' ? { criticality: 'DIRE' } : {};
    const whole = checked([check('9001', severity), check('9002', { resource: 'aws_s3_bucket.data' })]);
    const short = { ...whole, results: { failedChecks: [check('9001')] } };
    const doubled = { ...whole, results: { failedChecks: [1, 2].flatMap(() => [check('9001'), check('9002')]) } };
    const type = situation === 'missing page' ? short : situation === 'repeated page' ? doubled : whole;
    const status = parts.resultStatus ?? STATES[situation][1];
    return { scanUuid: UUID, name: this.upload?.name, status, result: parts.result ?? [type] };
  }
}

/** The text fields of a `multipart/form-data` body. */
function uploadIn(body: string): Upload {
  const field = (name: string): string =>
    new RegExp(`name="${name}"\\r\\n(?:[^\\r]+\\r\\n)*\\r\\n([^\\r]*)\\r\\n--`).exec(body)?.[1] ?? '';
  return {
    name: field('name'),
    showOnlyFailedControls: field('showOnlyFailedControls'),
    tags: JSON.parse(field('tags')) as Record<string, string>[],
  };
}
