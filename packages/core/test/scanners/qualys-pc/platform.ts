import type { PlatformRequest, ScannerPlatform, ScannerSituation } from '../../../src/testing/index.js';

/* A platform of one policy, one host and one scan, as a function: what it says can be changed part by part. */

export interface InfoParts {
  id: number;
  host?: string;
  control: string;
  technology?: string;
  instance?: string;
  status?: string;
  evaluated?: string;
  /** Further elements. */
  more?: string;
}

export interface PcParts {
  infos?: InfoParts[];
  /** Children of `CONTROL_INSTANCES`; undefined leaves out the summary. */
  totals?: Record<string, number> | undefined;
  hosts?: { id: string; ip: string; dns?: string; scanned?: string }[];
  controls?: { id: string; statement?: string; label?: string; value?: string; more?: string }[];
  technologies?: Record<string, string>;
  glossary?: string;
  /** Elements of a posture beside its lists. */
  postureMore?: string;
  policies?: { id: string; title: string; status?: string; groups?: string; evaluated?: string }[];
  groups?: { id: string; title: string }[];
  /** Elements of the scan that take the place of those it would have. */
  scan?: { state?: string; subState?: string; processed?: string; duration?: string; target?: string; more?: string };
  results?: string;
  /** Records on one page. */
  pageSize?: number;
  /** Host of the address of the next page. */
  nextOrigin?: string;
}

export const LAUNCHED = '2031-02-03T04:05:06Z';
export const SCANNED = '2031-02-03T04:20:00Z';
export const EVALUATED = '2031-02-03T04:25:00Z';
export const REFERENCE = 'compliance/1927853106.77001';

const element = (name: string, text: string | number | undefined): string =>
  text === undefined ? '' : `<${name}>${text}</${name}>`;

const document = (root: string, response: string): string =>
  `<?xml version="1.0"?><!DOCTYPE ${root} SYSTEM "https://platform.example.test/${root}.dtd"><!-- notice -->
<${root}><RESPONSE><DATETIME>2031-02-03T05:00:00Z</DATETIME>${response}</RESPONSE></${root}>`;

const simple = (text: string, items: Record<string, string> = {}): string =>
  document(
    'SIMPLE_RETURN',
    `<TEXT>${text}</TEXT><ITEM_LIST>${Object.entries(items)
      .map(([key, value]) => `<ITEM><KEY>${key}</KEY><VALUE>${value}</VALUE></ITEM>`)
      .join('')}</ITEM_LIST>`,
  );

const INFOS: InfoParts[] = [
  { id: 1, control: '1045', status: 'Failed' },
  { id: 2, control: '1048', status: 'Passed' },
  { id: 3, control: '1050', status: 'Failed', instance: 'os' },
];

const STATES: Partial<Record<ScannerSituation, { state: string; processed: string }>> = {
  queued: { state: 'Queued', processed: '0' },
  running: { state: 'Running', processed: '0' },
  processing: { state: 'Finished', processed: '0' },
  cancelled: { state: 'Canceled', processed: '0' },
  'unknown state': { state: 'Hibernated', processed: '0' },
};

export class PcPlatform implements ScannerPlatform {
  situation: ScannerSituation = 'queued';
  launches = 0;
  title = '';
  /** Bodies of the calls that change something. */
  readonly changes: string[] = [];

  constructor(readonly parts: PcParts = {}) {}

  answer(request: PlatformRequest): string | undefined {
    const form = new URLSearchParams(request.body);
    for (const [name, value] of request.query) form.append(name, value);
    switch (request.path) {
      case '/api/2.0/fo/compliance/policy/':
        return this.policy(form, request);
      case '/api/2.0/fo/compliance/posture/info/':
        return this.posture(form);
      case '/api/2.0/fo/scan/compliance/':
        return this.scan(form, request);
      case '/api/2.0/fo/asset/host/':
        return this.hostList(form);
      case '/api/2.0/fo/asset/group/':
        return this.groupList();
      case '/api/2.0/fo/asset/ip/':
        this.changes.push(request.body);
        return simple('done');
      case '/api/2.0/fo/subscription/option_profile/pc/':
        return `<OPTION_PROFILES><OPTION_PROFILE><BASIC_INFO><ID>41</ID><GROUP_NAME><![CDATA[Compliance]]></GROUP_NAME></BASIC_INFO></OPTION_PROFILE></OPTION_PROFILES>`;
      default:
        return undefined;
    }
  }

  private get policies() {
    return this.parts.policies ?? [{ id: '991', title: 'CIS Debian 12' }];
  }

  private policy(form: URLSearchParams, { body }: PlatformRequest): string {
    if (form.get('action') !== 'list') {
      this.changes.push(body);
      return simple('done', { ID: form.get('id') ?? '' });
    }
    const ids = form.get('ids')?.split(',');
    const policies = this.policies.filter(({ id }) => ids?.includes(id) ?? true);
    return document(
      'POLICY_LIST_OUTPUT',
      `<POLICY_LIST>${policies
        .map(
          ({ id, title, status = 'active', groups = '', evaluated = EVALUATED }) =>
            `<POLICY><ID>${id}</ID><TITLE><![CDATA[${title}]]></TITLE><STATUS>${status}</STATUS>${
              evaluated === '' ? '' : `<LAST_EVALUATED><DATETIME>${evaluated}</DATETIME></LAST_EVALUATED>`
            }<ASSET_GROUP_IDS>${groups}</ASSET_GROUP_IDS></POLICY>`,
        )
        .join('')}</POLICY_LIST>`,
    );
  }

  private groupList(): string {
    const groups = this.parts.groups ?? [{ id: '71', title: 'Build hosts' }];
    return document(
      'ASSET_GROUP_LIST_OUTPUT',
      `<ASSET_GROUP_LIST>${groups
        .map(({ id, title }) => `<ASSET_GROUP><ID>${id}</ID><TITLE><![CDATA[${title}]]></TITLE></ASSET_GROUP>`)
        .join('')}</ASSET_GROUP_LIST>`,
    );
  }

  private get hosts() {
    return this.parts.hosts ?? [{ id: '501', ip: '192.0.2.10', dns: 'build-10.example.test' }];
  }

  private hostList(form: URLSearchParams): string {
    const ips = form.get('ips')?.split(',');
    const hosts = this.hosts.filter(({ ip }) => ips?.includes(ip) ?? true);
    if (hosts.length === 0) return document('HOST_LIST_OUTPUT', '');
    return document(
      'HOST_LIST_OUTPUT',
      `<HOST_LIST>${hosts
        .map(({ id, ip, dns }) => `<HOST><ID>${id}</ID><IP>${ip}</IP>${element('DNS', dns)}</HOST>`)
        .join('')}</HOST_LIST>`,
    );
  }

  private scan(form: URLSearchParams, { body }: PlatformRequest): string {
    switch (form.get('action')) {
      case 'launch':
        this.launches++;
        this.title = form.get('scan_title') ?? '';
        this.changes.push(body);
        return simple('New compliance scan launched', { ID: '77001', REFERENCE });
      case 'cancel':
        return simple('Cancelling scan');
      case 'fetch':
        return document(
          'COMPLIANCE_SCAN_RESULT_OUTPUT',
          this.parts.results ??
            '<COMPLIANCE_SCAN><HEADER/><APPENDIX><TARGET_HOSTS><HOSTS_SCANNED>192.0.2.10</HOSTS_SCANNED></TARGET_HOSTS><AUTHENTICATION><AUTH><TYPE>UNIX</TYPE><SUCCESS><IP>192.0.2.10</IP></SUCCESS></AUTH></AUTHENTICATION></APPENDIX></COMPLIANCE_SCAN>',
        );
      default:
        return this.scanList();
    }
  }

  private scanList(): string {
    if (this.launches === 0) return document('SCAN_LIST_OUTPUT', '');
    const now = STATES[this.situation] ?? { state: 'Finished', processed: '1' };
    const { state = now.state, subState, processed = now.processed, ...rest } = this.parts.scan ?? {};
    return document(
      'SCAN_LIST_OUTPUT',
      `<SCAN_LIST><SCAN><REF>${REFERENCE}</REF><TYPE>API</TYPE><TITLE><![CDATA[${this.title}]]></TITLE>
<LAUNCH_DATETIME>${LAUNCHED}</LAUNCH_DATETIME><DURATION>${rest.duration ?? '00:12:03'}</DURATION>
${element('PROCESSED', processed === '' ? undefined : processed)}
<STATUS><STATE>${state}</STATE>${element('SUB_STATE', subState)}</STATUS><TARGET><![CDATA[${rest.target ?? '192.0.2.10'}]]></TARGET>
<OPTION_PROFILE><TITLE><![CDATA[Compliance]]></TITLE></OPTION_PROFILE>${rest.more ?? ''}</SCAN></SCAN_LIST>`,
    );
  }

  private posture(form: URLSearchParams): string {
    const all = this.parts.infos ?? INFOS;
    const policyId = form.get('policy_id') ?? '';
    const idMin = Number(form.get('id_min') ?? 0);
    const { situation } = this;
    const isPaged = situation === 'repeated page' || situation === 'missing page';
    const size = this.parts.pageSize ?? (isPaged ? 2 : all.length);
    const asked = situation === 'repeated page' ? 0 : idMin;
    const rest = situation === 'missing page' && idMin > 0 ? [] : all.filter(({ id }) => id >= asked);
    const next = rest[size];
    const origin = this.parts.nextOrigin ?? 'https://platform.example.test';
    const url = `${origin}/api/2.0/fo/compliance/posture/info/?action=list&amp;policy_id=${policyId}&amp;id_min=${next?.id}`;
    const warning = next ? `<WARNING><CODE>1980</CODE><TEXT>record limit</TEXT><URL>${url}</URL></WARNING>` : '';
    const infos = rest.slice(0, size).map(info).join('');
    const body = `${infos === '' ? '' : `<INFO_LIST>${infos}</INFO_LIST>`}${this.summary(all)}${
      this.parts.postureMore ?? ''
    }${isPaged ? `<WARNING_LIST>${warning}</WARNING_LIST>` : warning}${this.glossary()}`;
    const whole = situation === 'bare elements' ? `<POLICY><ID>${policyId}</ID>${body}</POLICY>` : body;
    return document('POSTURE_INFO_LIST_OUTPUT', whole);
  }

  private summary(all: readonly InfoParts[]): string {
    if ('totals' in this.parts && this.parts.totals === undefined) return '';
    const count = (word: string): number => all.filter(({ status }) => status === word).length;
    const totals = this.parts.totals ?? {
      TOTAL: all.length,
      TOTAL_PASSED: count('Passed'),
      TOTAL_FAILED: count('Failed'),
      TOTAL_ERROR: count('Error'),
      TOTAL_EXCEPTIONS: 0,
    };
    const instances = Object.entries(totals).map(([name, value]) => element(name, value));
    return `<SUMMARY><TOTAL_ASSETS>1</TOTAL_ASSETS><TOTAL_CONTROLS>3</TOTAL_CONTROLS><CONTROL_INSTANCES>${instances.join('')}</CONTROL_INSTANCES></SUMMARY>`;
  }

  private glossary(): string {
    if (this.parts.glossary !== undefined) return this.parts.glossary;
    const isOdd = this.situation === 'unknown severity';
    const controls = this.parts.controls ?? [
      { id: '1045', statement: 'Status of the root login', label: 'URGENT', value: '5' },
      { id: '1048', statement: 'Status of the banner', label: 'MINIMAL', value: '1' },
      { id: '1050', statement: 'Permissions of /etc/shadow', label: 'SERIOUS', value: '3' },
    ];
    const technologies = this.parts.technologies ?? { '12': 'Debian GNU/Linux 12.x' };
    const hosts = this.hosts.map(
      ({ id, ip, dns, scanned = SCANNED }) =>
        `<HOST><ID>${id}</ID><IP>${ip}</IP>${element('DNS', dns)}${
          scanned === '' ? '' : element('LAST_COMPLIANCE_SCAN_DATETIME', scanned)
        }</HOST>`,
    );
    return `<GLOSSARY><HOST_LIST>${hosts.join('')}</HOST_LIST><CONTROL_LIST>${controls
      .map(
        ({ id, statement, label, value, more = '' }) =>
          `<CONTROL><ID>${id}</ID>${element('STATEMENT', statement)}<CRITICALITY>${element(
            'LABEL',
            isOdd ? 'DREADFUL' : label,
          )}${element('VALUE', isOdd ? 9 : value)}</CRITICALITY>${more}</CONTROL>`,
      )
      .join('')}</CONTROL_LIST><TECHNOLOGY_LIST>${Object.entries(technologies)
      .map(([id, name]) => `<TECHNOLOGY><ID>${id}</ID><NAME><![CDATA[${name}]]></NAME></TECHNOLOGY>`)
      .join('')}</TECHNOLOGY_LIST></GLOSSARY>`;
  }
}

function info({ id, host = '501', control, technology = '12', instance, status, evaluated, more }: InfoParts): string {
  return `<INFO><ID>${id}</ID><HOST_ID>${host}</HOST_ID><CONTROL_ID>${control}</CONTROL_ID>${element(
    'TECHNOLOGY_ID',
    technology,
  )}${element('INSTANCE', instance)}${element('STATUS', status)}<POSTURE_MODIFIED_DATE>${EVALUATED}</POSTURE_MODIFIED_DATE>${element(
    'EVALUATION_DATE',
    evaluated ?? EVALUATED,
  )}${more ?? ''}</INFO>`;
}
