import type { PlatformRequest, ScannerPlatform, ScannerSituation } from '../../../src/testing/index.js';

export const REF = 'scan/1927857900.70001';
const LAUNCHED = '2031-02-03T04:05:00Z';
const NEXT =
  'https://platform.example.test/api/5.0/fo/asset/host/vm/detection/?action=list&truncation_limit=100&id_min=';

/** Parts of an answer that a test may set. */
export interface VmParts {
  /** Elements of the scan in the list, as XML; a later one wins. */
  scan?: Partial<Record<'STATE' | 'SUB_STATE' | 'PROCESSED' | 'DURATION' | 'TARGET', string>>;
  /** Members of the summary row. */
  summary?: Record<string, unknown>;
  rows?: Record<string, unknown>[];
  /** Rows after the detections. */
  tail?: Record<string, unknown>[];
  /** Hosts with their detections, one page each. */
  hosts?: string[];
  /** Whether the faults of pages strike the result of the scan, which comes in one piece. */
  isOnePiece?: boolean;
}

export const row = (qid: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  ip: '192.0.2.10',
  dns: 'build.example.test',
  netbios: null,
  os: 'Linux 6.x',
  ip_status: 'host scanned, found vuln',
  qid,
  title: `flaw ${qid}`,
  type: 'Vuln',
  severity: '4',
  port: '443',
  protocol: 'tcp',
  fqdn: '',
  ssl: 'no',
  cve_id: `CVE-2031-${qid}`,
  vendor_reference: null,
  cvss_base: '7.5 (AV:N/AC:L/Au:N/C:P/I:P/A:P)',
  cvss3_base: '9.8 (AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H)',
  threat: 'A flaw.',
  impact: 'Harm.',
  solution: 'Mend it.',
  exploitability: null,
  associated_malware: null,
  results: 'seen',
  pci_vuln: 'yes',
  instance: null,
  category: 'General',
  ...more,
});

export const detection = (qid: number, more = ''): string =>
  `<DETECTION><UNIQUE_VULN_ID>${qid}1</UNIQUE_VULN_ID><QID>${qid}</QID><TYPE>Confirmed</TYPE><SEVERITY>4</SEVERITY>${more}<SSL>0</SSL>
<RESULTS><![CDATA[seen]]></RESULTS><STATUS>Active</STATUS><FIRST_FOUND_DATETIME>2031-01-01T00:00:00Z</FIRST_FOUND_DATETIME>
<LAST_FOUND_DATETIME>${LAUNCHED}</LAST_FOUND_DATETIME><QDS severity="HIGH">71</QDS><TIMES_FOUND>2</TIMES_FOUND><IS_IGNORED>0</IS_IGNORED><IS_DISABLED>0</IS_DISABLED></DETECTION>`;

export const host = (id: number, ip: string, detections: string): string =>
  `<HOST><ID>${id}</ID><IP>${ip}</IP><TRACKING_METHOD>IP</TRACKING_METHOD><DNS><![CDATA[build.example.test]]></DNS>
<LAST_VM_SCANNED_DATE>2031-02-03T04:45:00Z</LAST_VM_SCANNED_DATE><DETECTION_LIST>${detections}</DETECTION_LIST></HOST>`;

const STATES: Record<ScannerSituation, [state: string, processed: '0' | '1']> = {
  queued: ['Queued', '0'],
  running: ['Running', '0'],
  processing: ['Finished', '0'],
  done: ['Finished', '1'],
  cancelled: ['Canceled', '0'],
  'unknown state': ['Hibernated', '0'],
  'unknown severity': ['Finished', '1'],
  'bare elements': ['Finished', '1'],
  'repeated page': ['Finished', '1'],
  'missing page': ['Finished', '1'],
};

const document = (root: string, response: string): string =>
  `<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE ${root} SYSTEM "https://platform.example.test/${root}.dtd">\n<${root}><RESPONSE><DATETIME>${LAUNCHED}</DATETIME>${response}</RESPONSE></${root}>`;

export const simpleReturn = (text: string, more = ''): string =>
  `<!DOCTYPE SIMPLE_RETURN SYSTEM "https://platform.example.test/simple_return.dtd">\n<SIMPLE_RETURN><RESPONSE><DATETIME>${LAUNCHED}</DATETIME>${more}<TEXT>${text}</TEXT></RESPONSE></SIMPLE_RETURN>`;

const PROFILES = `<OPTION_PROFILES><OPTION_PROFILE><BASIC_INFO><ID>11</ID><GROUP_NAME><![CDATA[Initial Options]]></GROUP_NAME><IS_DEFAULT>1</IS_DEFAULT></BASIC_INFO></OPTION_PROFILE></OPTION_PROFILES>`;

/** A platform of one scan of one or two hosts, in memory. */
export class VmPlatform implements ScannerPlatform {
  situation: ScannerSituation = 'queued';
  launches = 0;
  private title = '';

  constructor(readonly parts: VmParts = {}) {}

  answer({ path, query, body }: PlatformRequest): string | undefined {
    const fields = new URLSearchParams([...query, ...new URLSearchParams(body)]);
    if (path.includes('/knowledge_base/')) return knowledgeBase(fields.get('ids') ?? '');
    if (path.includes('/option_profile/')) return PROFILES;
    if (path.includes('/vm/detection/')) return this.detections(fields);
    if (!path.endsWith('/fo/scan/')) return undefined;
    switch (fields.get('action')) {
      case 'list':
        return document('SCAN_LIST_OUTPUT', this.launches > 0 ? `<SCAN_LIST>${this.scan()}</SCAN_LIST>` : '');
      case 'launch':
        this.launches++;
        this.title = fields.get('scan_title') ?? '';
        return simpleReturn('New vm scan launched').replace(
          '</RESPONSE>',
          `<ITEM_LIST><ITEM><KEY>ID</KEY><VALUE>70001</VALUE></ITEM><ITEM><KEY>REFERENCE</KEY><VALUE>${REF}</VALUE></ITEM></ITEM_LIST></RESPONSE>`,
        );
      case 'fetch':
        return JSON.stringify(this.rows());
      case 'cancel':
        return this.situation === 'done'
          ? simpleReturn('the scan has ended', '<CODE>1905</CODE>')
          : simpleReturn('Scan canceled');
      default:
        return undefined;
    }
  }

  private scan(): string {
    const [state, processed] = STATES[this.situation];
    const {
      STATE = state,
      SUB_STATE,
      PROCESSED = processed,
      DURATION = '00:40:00',
      TARGET = '192.0.2.10',
    } = this.parts.scan ?? {};
    const sub = SUB_STATE === undefined ? '' : `<SUB_STATE>${SUB_STATE}</SUB_STATE>`;
    return `<SCAN><REF>${REF}</REF><TYPE>API</TYPE><TITLE><![CDATA[${this.title}]]></TITLE><USER_LOGIN>somebody</USER_LOGIN>
<LAUNCH_DATETIME>${LAUNCHED}</LAUNCH_DATETIME><DURATION>${DURATION}</DURATION>${PROCESSED === '' ? '' : `<PROCESSED>${PROCESSED}</PROCESSED>`}
<STATUS><STATE>${STATE}</STATE>${sub}</STATUS><TARGET><![CDATA[${TARGET}]]></TARGET></SCAN>`;
  }

  private rows(): unknown[] {
    const odd = this.situation === 'unknown severity' ? { severity: '6' } : {};
    const rows = this.parts.rows ?? [row(38_173, odd), row(105_484, { port: null, protocol: null })];
    const summary = {
      launch_date: '02/03/2031 04:05:00',
      active_hosts: '1',
      total_hosts: '1',
      type: 'API',
      status: this.situation === 'cancelled' ? 'Canceled' : 'Finished',
      reference: REF,
      scan_title: this.title,
      ips: '192.0.2.10',
      excluded_ips: '',
      option_profile: 'Initial Options',
      ...this.parts.summary,
    };
    const tail = this.parts.tail ?? [{ target_distribution_across_scanner_appliances: 'External : 192.0.2.10' }];
    const header = { scan_report_template_title: 'Scan Results', username: 'somebody' };
    if (!this.parts.isOnePiece) return [header, summary, ...rows, ...tail];
    if (this.situation === 'missing page') return [header, { ...summary, active_hosts: '2' }, ...rows, ...tail];
    const whole = [header, summary, ...rows, ...tail];
    return this.situation === 'repeated page' ? [...whole, ...whole] : whole;
  }

  private detections(fields: URLSearchParams): string {
    const { situation } = this;
    const level = situation === 'unknown severity' ? '<SEVERITY>6</SEVERITY>' : '<SEVERITY>4</SEVERITY>';
    const first = detection(38_173).replace('<SEVERITY>4</SEVERITY>', level);
    const hosts = this.parts.hosts ?? [host(1, '192.0.2.10', first + detection(105_484))];
    const isFaulty = situation === 'repeated page' || situation === 'missing page';
    const page = Number(fields.get('id_min') ?? '1') - 1;
    const next = (id: number): string =>
      `<WARNING><CODE>1980</CODE><TEXT>1 record limit exceeded</TEXT><URL><![CDATA[${NEXT}${id}]]></URL></WARNING>`;
    const root = 'HOST_LIST_VM_DETECTION_OUTPUT';
    if (isFaulty && page > 0 && situation === 'missing page') return document(root, '');
    const at = isFaulty ? 0 : page;
    const more = isFaulty ? next(2) : at + 1 < hosts.length ? next(at + 2) : '';
    return document(root, `<HOST_LIST>${hosts[at] ?? ''}</HOST_LIST>${more}`);
  }
}

function knowledgeBase(ids: string): string {
  const entries = ids.split(',').map(
    (qid) => `<VULN><QID>${qid}</QID><VULN_TYPE>Vulnerability</VULN_TYPE><SEVERITY_LEVEL>4</SEVERITY_LEVEL>
<TITLE>flaw ${qid}</TITLE><PATCHABLE>1</PATCHABLE><SOLUTION>Mend &lt;b&gt;it&lt;/b&gt;.</SOLUTION><PCI_FLAG>1</PCI_FLAG></VULN>`,
  );
  return `<KNOWLEDGE_BASE_VULN_LIST_OUTPUT><RESPONSE><VULN_LIST>${entries.join('')}</VULN_LIST></RESPONSE></KNOWLEDGE_BASE_VULN_LIST_OUTPUT>`;
}
