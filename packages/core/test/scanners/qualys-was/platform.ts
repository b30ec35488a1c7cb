import type { PlatformRequest, ScannerPlatform, ScannerSituation } from '../../../src/testing/index.js';

const WEB_APP = { id: 501, name: 'Shop', url: 'https://shop.example.test/' };
const LAUNCHED = '2031-02-03T04:05:00Z';
const ENDED = '2031-02-03T04:45:00Z';

/** Parts of an answer that a test may set. */
export interface WasParts {
  /** Members of the scan, such as `summary`; a later one wins. */
  scan?: Record<string, unknown>;
  findings?: Record<string, unknown>[];
  /** Results of the download, beside the record of the scan. */
  results?: Record<string, unknown>;
}

export const finding = (id: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id,
  uniqueId: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
  qid: 150_000 + id,
  name: `flaw ${id}`,
  type: 'VULNERABILITY',
  potential: 'false',
  findingType: 'QUALYS',
  severity: '4',
  url: `https://shop.example.test/${id}`,
  status: 'NEW',
  firstDetectedDate: ENDED,
  lastDetectedDate: ENDED,
  lastTestedDate: ENDED,
  webApp: WEB_APP,
  isIgnored: 'false',
  cwe: { count: 1, list: [79] },
  history: {
    set: [{ WebAppFindingHistory: { scanData: { id: 7001, reference: 'was/1.7001', launchedDate: LAUNCHED } } }],
  },
  ...more,
});

const STATES: Record<ScannerSituation, [status: string, resultsStatus: string]> = {
  queued: ['SUBMITTED', 'SUBMITTED'],
  running: ['RUNNING', 'RUNNING'],
  processing: ['FINISHED', 'TO_BE_PROCESSED'],
  done: ['FINISHED', 'SUCCESSFUL'],
  cancelled: ['CANCELED', 'CANCELED'],
  'unknown state': ['HIBERNATED', 'HIBERNATED'],
  'unknown severity': ['FINISHED', 'SUCCESSFUL'],
  'bare elements': ['FINISHED', 'SUCCESSFUL'],
  'repeated page': ['FINISHED', 'SUCCESSFUL'],
  'missing page': ['FINISHED', 'SUCCESSFUL'],
};

/** A platform of one web application and one scan, in memory. */
export class WasPlatform implements ScannerPlatform {
  situation: ScannerSituation = 'queued';
  launches = 0;
  private name = '';

  constructor(readonly parts: WasParts = {}) {}

  answer({ path, body }: PlatformRequest): string | undefined {
    if (path.includes('/knowledge_base/')) return knowledgeBase(new URLSearchParams(body).get('ids') ?? '');
    const [verb, object] = path.replace('/qps/rest/3.0/', '').split('/was/');
    const request = (body === '' ? {} : JSON.parse(body).ServiceRequest) as ServiceRequest;
    switch (`${verb} ${object?.split('/')[0]}`) {
      case 'search webapp':
        return this.envelope('WebApp', [{ ...WEB_APP, defaultScanner: { type: 'EXTERNAL' } }]);
      case 'search wasscan':
        return this.envelope('WasScan', this.isAsked(request) ? [this.scan()] : []);
      case 'launch wasscan':
        this.launches++;
        this.name = request.data?.WasScan?.name ?? '';
        return this.envelope('WasScan', [{ id: 7001 }]);
      case 'get wasscan':
      case 'status wasscan':
        return this.envelope('WasScan', [this.scan()]);
      case 'cancel wasscan':
        return this.situation === 'done'
          ? JSON.stringify({ ServiceResponse: { responseCode: 'INVALID_REQUEST' } })
          : this.envelope('WasScan', [{ id: 7001 }]);
      case 'search finding':
        return this.findingPage(request);
      case 'count finding':
        return JSON.stringify({ ServiceResponse: { responseCode: 'SUCCESS', count: 4 } });
      case 'download wasscan':
        return this.envelope('WasScan', [{ ...this.scan(), ...this.results() }]);
      default:
        return undefined;
    }
  }

  private isAsked({ filters }: ServiceRequest): boolean {
    if (this.launches === 0) return false;
    const name = filters?.Criteria.find(({ field }) => field === 'name');
    return name === undefined || name.value === this.name;
  }

  private scan(): Record<string, unknown> {
    const [status, resultsStatus] = STATES[this.situation];
    return {
      id: 7001,
      name: this.name,
      reference: 'was/1.7001',
      type: 'VULNERABILITY',
      target: { webApp: WEB_APP },
      launchedDate: LAUNCHED,
      status,
      ...(status === 'FINISHED' ? { endScanDate: ENDED } : {}),
      summary: { resultsStatus, authStatus: 'NONE', linksCrawled: 12, nbRequests: 400 },
      ...this.parts.scan,
    };
  }

  private results(): Record<string, unknown> {
    const vulns = [1, 2].map((id) => ({
      WasScanVuln: { qid: 150_000 + id, title: `flaw ${id}`, uri: `https://shop.example.test/${id}` },
    }));
    return {
      stats: { global: { nbVulnsTotal: 2, nbScsTotal: 0, nbIgsTotal: 0 } },
      vulns: { count: 2, list: vulns },
      sensitiveContents: { count: 0 },
      igs: { count: 0 },
      ...this.parts.results,
    };
  }

  private findingPage({ filters }: ServiceRequest): string {
    const { situation } = this;
    const findings = this.parts.findings ?? [
      finding(1, situation === 'unknown severity' ? { severity: '6' } : {}),
      finding(2),
    ];
    if (situation !== 'repeated page' && situation !== 'missing page') return this.envelope('Finding', findings);
    const isSecond = filters?.Criteria.some(({ field }) => field === 'id') === true;
    if (isSecond && situation === 'missing page') return this.envelope('Finding', []);
    return this.envelope('Finding', findings, { hasMoreRecords: 'true', lastId: 2 });
  }

  private envelope(type: string, values: Record<string, unknown>[], more: Record<string, unknown> = {}): string {
    const data = values.map((value) => ({ [type]: value }));
    const isBare = this.situation === 'bare elements';
    const response = {
      responseCode: 'SUCCESS',
      count: values.length,
      hasMoreRecords: 'false',
      data: isBare && data.length === 1 ? data[0] : data,
      ...more,
    };
    const text = JSON.stringify({ ServiceResponse: response });
    return isBare
      ? text.replace(/"(list|set)":\[((?:[^[\]]|\[\])*?)\]/g, (whole, key, inner) => bare(whole, key, inner))
      : text;
  }
}

/** `"list":[x]` as `"list":x`, where there is one element. */
function bare(whole: string, key: string, inner: string): string {
  const list = JSON.parse(`[${inner}]`) as unknown[];
  return list.length === 1 ? `"${key}":${inner}` : whole;
}

interface ServiceRequest {
  filters?: { Criteria: { field: string; operator: string; value: string }[] };
  data?: { WasScan?: { name?: string } };
}

function knowledgeBase(ids: string): string {
  const entries = ids.split(',').map(
    (qid) => `<VULN><QID>${qid}</QID><VULN_TYPE>Vulnerability</VULN_TYPE><SEVERITY_LEVEL>4</SEVERITY_LEVEL>
<TITLE>flaw</TITLE><PATCHABLE>0</PATCHABLE><SOLUTION>Mend &lt;b&gt;it&lt;/b&gt;.</SOLUTION><PCI_FLAG>1</PCI_FLAG></VULN>`,
  );
  return `<KNOWLEDGE_BASE_VULN_LIST_OUTPUT><RESPONSE><VULN_LIST>${entries.join('')}</VULN_LIST></RESPONSE></KNOWLEDGE_BASE_VULN_LIST_OUTPUT>`;
}
