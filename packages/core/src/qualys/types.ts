import type { HttpClient, HttpHeaders, RetryOptions, Sleep } from '../http/index.js';
import type { CvssScore } from '../model/finding.js';
import type { JsonMembers } from '../wire/json.js';
import type { XmlElement, XmlRecord } from '../wire/xml.js';
import type { CallBudget, CallFamily } from './call-budget.js';

/*
 * What scanners see of the platform. Every call may throw: `QualysError` (see errors.ts of this room), `HttpError`, and
 * the reason of the signal when it is aborted.
 */

/** Origins without a slash at the end. */
export interface PlatformUrls {
  api: string;
  gateway: string;
  portal: string;
}

export type QualysCredentials =
  | { kind: 'password'; username: string; password: string }
  | { kind: 'client'; clientId: string; clientSecret: string }
  | { kind: 'token'; token: string };

/** Versions in the paths of endpoints. Defaults: qualys-api reference section 0.2, read 2026-11-23. */
export interface EndpointVersions {
  /** `/qps/rest/<was>/.../was/...` */
  was: string;
  /** `/qps/rest/<am>/.../am/...` */
  am: string;
  /** `/qps/rest/<ca>/.../ca/...` */
  ca: string;
  /** `/api/<knowledgeBase>/fo/knowledge_base/vuln/` */
  knowledgeBase: string;
}

/** What every call can be given. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Instant on the clock of `now` after which the answer is of no use; waits for limits beyond it are refused. */
  deadlineMs?: number | undefined;
}

// --- QPS: web applications, assets and tags, agents --------------------------------------------------------------

/** Safe verbs are repeated after faults of the network, all others never. */
export type QpsSafeVerb = 'count' | 'search' | 'get' | 'status' | 'download';
export type QpsUnsafeVerb =
  | 'create'
  | 'update'
  | 'delete'
  | 'launch'
  | 'run'
  | 'cancel'
  | 'scanagain'
  | 'ignore'
  | 'activate'
  /** On-demand scan of an agent. */
  | 'ods';

export interface QpsCall extends CallOptions {
  /** Chooses the version of the path. */
  product: 'was' | 'am' | 'ca';
  verb: QpsSafeVerb | QpsUnsafeVerb;
  /** `webapp`, `wasscan`, `finding`, `optionprofile`, `webappauthrecord` ... */
  object: string;
  id?: string | number;
  /** Behind the path, such as `scan` of an on-demand scan. */
  query?: FormFields;
  /** What stands inside `ServiceRequest`. Without it the call is a GET where the verb allows one. */
  request?: Readonly<Record<string, unknown>>;
}

/** A record of `data`, taken out of the member that names its type: `{ type: 'WasScan', value: { id, ... } }`. */
export interface QpsRecord {
  type: string;
  value: JsonMembers;
}

export interface QpsAnswer {
  /** The counter of the answer; for verb `count` that is the total. Absent when the platform sent none. */
  count?: number;
  /** `data`, whether it was a list or a single object. Empty when absent. */
  records: QpsRecord[];
}

/** Several are AND-ed. Operators: EQUALS, NOT EQUALS, GREATER, LESSER, IN, CONTAINS, NONE. */
export interface QpsCriterion {
  field: string;
  operator: string;
  value: string | number | boolean;
}

export interface QpsSearch extends CallOptions {
  product: QpsCall['product'];
  object: string;
  criteria?: readonly QpsCriterion[];
  /** Records on one page, 1 to 1000. A page is read whole before its records are handed out. */
  pageSize?: number;
  verbose?: boolean;
  /** Further members of `preferences`, such as `limitHistories`. */
  preferences?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Whether the total is asked for and compared after the last page. By default only when there is more than one
   * page. The platform sends no total with a page, and a page that is lost in the middle shows nowhere else.
   */
  compareTotal?: boolean;
}

export interface QpsSearchSummary {
  pages: number;
  records: number;
  /** The platform's own total, where it was asked for. */
  total?: number;
}

// --- FO: hosts, scans, KnowledgeBase -----------------------------------------------------------------------------

export type FormFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface FoCall extends CallOptions {
  /** `/api/2.0/fo/scan/`, `/msp/about.php` */
  path: string;
  /** Booleans are written as 1 and 0, undefined is left out. */
  fields?: FormFields;
  /** POST sends the fields as a form, GET as a query. Default POST. */
  method?: 'GET' | 'POST';
  /** Whether it only reads. */
  safe: boolean;
}

export interface FoPages extends FoCall {
  safe: true;
  /** As in `walkXml`: `HOST_LIST_OUTPUT/RESPONSE/HOST_LIST/HOST`. The root of the first path is the expected root. */
  records: readonly string[];
}

export interface FoPage {
  records: XmlRecord[];
  /** The `RESPONSE` element without the records. */
  response: XmlElement | undefined;
}

// --- gateway -----------------------------------------------------------------------------------------------------

export interface GatewayCall extends CallOptions {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/csapi/v1.3/images` */
  path: string;
  query?: FormFields;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, in place of `json`: an upload. */
  upload?: { contentType: string; bytes: Uint8Array };
  safe: boolean;
}

export interface GatewayAnswer {
  status: number;
  headers: HttpHeaders;
  /** Undefined for an empty body (204). */
  value: unknown;
}

// --- bodies that are read as they come ---------------------------------------------------------------------------

/**
 * An answer that is no error, to be handed to a reader of reports. Its place in the budget is taken until the body has
 * ended or is closed: do not wait for another call while reading it.
 */
export interface OpenAnswer {
  status: number;
  headers: HttpHeaders;
  /** By the first bytes; content types lie. */
  syntax: 'json' | 'xml' | 'empty' | 'other';
  body: AsyncIterable<Uint8Array>;
  close(): void;
}

export interface QualysClient {
  readonly urls: PlatformUrls;
  readonly versions: EndpointVersions;
  readonly budget: CallBudget;

  /** One call, its answer in memory (at most 64 MB). */
  qps(call: QpsCall): Promise<QpsAnswer>;
  /** All pages, each as one batch; pages that are repeated, lost or cut are an error. Records come by ascending id. */
  qpsSearch(search: QpsSearch): AsyncGenerator<QpsRecord[], QpsSearchSummary>;
  /** A large answer, such as `download/was/wasscan/{id}`. */
  qpsOpen(call: QpsCall & { accept: 'json' | 'xml' }): Promise<OpenAnswer>;
  /** `GET /qps/rest/portal/version`, the members of `PortalVersion-...`; also the cheapest test of credentials. */
  portalVersion(options?: CallOptions): Promise<JsonMembers>;

  /** One call; the root element. `SIMPLE_RETURN` with a code is an error, without one it is the answer. */
  fo(call: FoCall): Promise<XmlElement>;
  /** All pages, following `WARNING/URL` on the API server only. */
  foPages(call: FoPages): AsyncGenerator<FoPage>;
  /** A large answer, such as `scan/?action=fetch` in JSON. */
  foOpen(call: FoCall): Promise<OpenAnswer>;

  gateway(call: GatewayCall): Promise<GatewayAnswer>;
  gatewayOpen(call: GatewayCall): Promise<OpenAnswer>;
  /** A token of the gateway, for programs of the vendor that sign in by themselves. It is a secret of the run. */
  accessToken(options?: CallOptions): Promise<string>;

  readonly knowledgeBase: KnowledgeBase;

  /** Clock of the platform minus ours, by the last `Date` header. Undefined before the first answer. */
  clockSkewMs(): number | undefined;
  /** Replaces the credentials and tokens of this client in any text. */
  redact(text: string): string;
}

// --- KnowledgeBase -----------------------------------------------------------------------------------------------

/** One QID, in plain text. A field that the platform does not give is absent. */
export interface KnowledgeBaseEntry {
  qid: string;
  title?: string;
  /** The platform's word, such as `Vulnerability` or `Information Gathered`. */
  vulnType?: string;
  category?: string;
  /** 1 to 5. */
  severityLevel?: number;
  /** Empty: the platform lists none. */
  cves: string[];
  cvss: CvssScore[];
  pci?: boolean;
  patchable?: boolean;
  /** What it is. */
  diagnosis?: string;
  /** What can happen. */
  consequence?: string;
  /** What to do. */
  solution?: string;
  publishedAt?: string;
  modifiedAt?: string;
  vendorReferences: { id: string; url?: string }[];
  threats: string[];
  /** The platform no longer detects it. */
  isDisabled?: boolean;
}

export interface KnowledgeBaseAnswer {
  /** By QID. */
  entries: Map<string, KnowledgeBaseEntry>;
  /** QIDs the platform gave nothing for. */
  missing: string[];
}

export interface KnowledgeBase {
  lookUp(qids: Iterable<string | number>, options?: CallOptions): Promise<KnowledgeBaseAnswer>;
}

/** Texts by key. A cache may forget at any time, and does not throw: what it cannot read it does not have. */
export interface TextCache {
  get(key: string): Promise<string | undefined>;
  put(key: string, text: string): Promise<void>;
}

// --- what the client is given ------------------------------------------------------------------------------------

export interface CallEvent {
  event: 'qualys.call';
  family: CallFamily;
  route: string;
  /** 1 for the first try. */
  attempt: number;
  ms: number;
  /** Absent when there was no answer. */
  status?: number;
  /** Code of the error, where it failed. */
  error?: string;
  /** Cause in words, without secrets. */
  message?: string;
  /** How long the platform wants us to wait. */
  waitMs?: number;
  budget: { calls: number; inFlight: number; limit?: number; remaining?: number };
}

export interface QualysServices {
  http: HttpClient;
  urls: PlatformUrls;
  credentials: QualysCredentials;
  now: () => number;
  sleep: Sleep;
  /** 0 to 1, as `Math.random`. */
  random: () => number;
  /** Default: in this process, one call at a time. */
  budget?: CallBudget;
  /** For the KnowledgeBase. Default: none. */
  cache?: TextCache;
  cacheTtlMs?: number;
  versions?: Partial<EndpointVersions>;
  retry?: Partial<Omit<RetryOptions, 'isPassing'>>;
  /** Longest wait for a limit of the platform when a call has no deadline. */
  maxLimitWaitMs?: number;
  log?: (event: CallEvent) => void;
  /** Is told every token, so that the caller can redact it too. */
  onSecret?: (secret: string) => void;
}
