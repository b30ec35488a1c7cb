import type { PlatformRequest, ScannerPlatform, ScannerSituation } from '../../../src/testing/index.js';

/** Before the plan of a test, whose clock begins at 2031-02-03T04:05:06Z. */
export const BEFORE = '2031-02-03T01:00:00Z';
const SEEN = '2031-02-03T04:10:00Z';
const AFTER = '2031-02-03T04:45:00Z';

export const AGENT = '00000000-0000-4000-8000-000000000017';

export const asset = (id: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id,
  name: `build-${id}`,
  dnsHostName: `build-${id}.example.test`,
  address: '192.0.2.17',
  trackingMethod: 'QAGENT',
  qwebHostId: id + 1000,
  lastVulnScan: BEFORE,
  agentInfo: { agentId: AGENT, lastCheckedIn: BEFORE, status: 'STATUS_ACTIVE' },
  ...more,
});

/** Parts of an answer that a test may set. */
export interface AgentParts {
  /** Machines in the inventory; one with an agent by default. */
  assets?: Record<string, unknown>[];
  /** When the list of detections says that the host was scanned; `none` for a host that is not listed. */
  scanned?: string;
  /** Inside `RESPONSE`, in place of the hosts. */
  response?: string;
  /** Criteria that this version does not know. */
  unknownCriteria?: string[];
}

const detection = (qid: number): string =>
  `<DETECTION><UNIQUE_VULN_ID>${qid}</UNIQUE_VULN_ID><QID>${qid}</QID><TYPE>Confirmed</TYPE><SEVERITY>4</SEVERITY>` +
  `<STATUS>Active</STATUS><IS_IGNORED>0</IS_IGNORED><LAST_FOUND_DATETIME>${BEFORE}</LAST_FOUND_DATETIME></DETECTION>`;

const host = (id: number, scanned: string, detections: string): string =>
  `<HOST><ID>${id}</ID><IP>192.0.2.17</IP><TRACKING_METHOD>QAGENT</TRACKING_METHOD><DNS>build-17.example.test</DNS>` +
  `<LAST_VM_SCANNED_DATE>${scanned}</LAST_VM_SCANNED_DATE><DETECTION_LIST>${detections}</DETECTION_LIST></HOST>`;

const NEXT_PAGE =
  '<WARNING><CODE>1980</CODE><TEXT>1 record limit exceeded.</TEXT>' +
  '<URL>https://platform.example.test/api/5.0/fo/asset/host/vm/detection/?id_min=1017</URL></WARNING>';

interface Criterion {
  field: string;
  operator: string;
  value: string;
}

/** A platform of one machine with an agent, in memory. */
export class AgentPlatform implements ScannerPlatform {
  situation: ScannerSituation = 'queued';
  launches = 0;
  /** The requests for scans: id of the asset and query. */
  readonly requested: string[] = [];

  constructor(readonly parts: AgentParts = {}) {}

  answer({ path, query, body }: PlatformRequest): string | undefined {
    if (path.includes('/knowledge_base/')) return knowledgeBase(new URLSearchParams(body).get('ids') ?? '');
    if (path === '/api/5.0/fo/asset/host/vm/detection/') return this.detections();
    if (path === '/qps/rest/2.0/search/am/hostasset') {
      const { ServiceRequest } = JSON.parse(body) as { ServiceRequest: { filters: { Criteria: Criterion[] } } };
      return this.search(ServiceRequest.filters.Criteria);
    }
    if (!path.startsWith('/qps/rest/1.0/ods/ca/agentasset/')) return undefined;
    this.launches++;
    this.requested.push(`${path.split('/').at(-1)}?${query}`);
    // Only an answer in XML is documented.
    return '<?xml version="1.0"?><ServiceResponse><responseCode>SUCCESS</responseCode></ServiceResponse>';
  }

  private get isScanned(): boolean {
    return !['queued', 'running'].includes(this.situation) && this.launches > 0;
  }

  private search([criterion]: Criterion[]): string {
    const { field = '', value = '' } = criterion ?? {};
    if (this.parts.unknownCriteria?.includes(field)) {
      return JSON.stringify({ ServiceResponse: { responseCode: 'INVALID_REQUEST' } });
    }
    const wanted = value.toLowerCase().split(',');
    const found = this.assets().filter((one) => wanted.includes(textOf(one, field)));
    const data = found.map((one) => ({ HostAsset: one }));
    const isBare = this.situation === 'bare elements' && data.length === 1;
    return JSON.stringify({
      ServiceResponse: {
        responseCode: 'SUCCESS',
        count: data.length,
        hasMoreRecords: 'false',
        data: isBare ? data[0] : data,
      },
    });
  }

  private assets(): Record<string, unknown>[] {
    if (this.parts.assets) return this.parts.assets;
    const lastCheckedIn = this.situation === 'queued' ? BEFORE : SEEN;
    const lastVulnScan = this.isScanned ? AFTER : BEFORE;
    return [asset(17, { agentInfo: { agentId: AGENT, lastCheckedIn }, lastVulnScan })];
  }

  private detections(): string {
    const { situation, parts } = this;
    const scanned = parts.scanned ?? (this.isScanned && situation !== 'processing' ? AFTER : BEFORE);
    const level = situation === 'unknown severity' ? '6' : '4';
    const first = detection(38173).replace('<SEVERITY>4', `<SEVERITY>${level}`);
    const one = host(1017, scanned, `${first}${detection(105484)}`);
    const hosts = situation === 'repeated page' ? `${one}${one}` : one;
    const list = scanned === 'none' ? '' : `<HOST_LIST>${hosts}</HOST_LIST>`;
    const whole = `${list}${situation === 'missing page' ? NEXT_PAGE : ''}`;
    const response = `<DATETIME>${AFTER}</DATETIME>${parts.response ?? whole}`;
    return `<HOST_LIST_VM_DETECTION_OUTPUT><RESPONSE>${response}</RESPONSE></HOST_LIST_VM_DETECTION_OUTPUT>`;
  }
}

/** The text that a criterion compares, wherever the record holds it. */
function textOf(record: Record<string, unknown>, field: string): string {
  const agent = record.agentInfo as { agentId?: string } | undefined;
  const source = record.sourceInfo as { list?: { Ec2AssetSourceSimple: { instanceId: string } }[] } | undefined;
  const instanceId = source?.list?.[0]?.Ec2AssetSourceSimple.instanceId;
  const value = field === 'agentUuid' ? agent?.agentId : field === 'instanceId' ? instanceId : record[field];
  return String(value ?? '').toLowerCase();
}

function knowledgeBase(ids: string): string {
  const entries = ids.split(',').map(
    (qid) => `<VULN><QID>${qid}</QID><VULN_TYPE>Vulnerability</VULN_TYPE><SEVERITY_LEVEL>4</SEVERITY_LEVEL>
<TITLE>flaw ${qid}</TITLE><PATCHABLE>1</PATCHABLE><PCI_FLAG>1</PCI_FLAG></VULN>`,
  );
  return `<KNOWLEDGE_BASE_VULN_LIST_OUTPUT><RESPONSE><VULN_LIST>${entries.join('')}</VULN_LIST></RESPONSE></KNOWLEDGE_BASE_VULN_LIST_OUTPUT>`;
}
