/** The things of a subscription, as the simulator keeps them. Times are milliseconds. */
import type { CsSeed } from './cs-model.js';

export interface Person {
  readonly id: number;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
}

export interface Account {
  readonly username: string;
  readonly password: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly state: 'active' | 'expired' | 'inactive';
  /** An evaluation subscription puts its notice into every FO answer. */
  readonly evaluation: boolean;
  readonly pod: string;
  readonly subscriptionId: string;
  readonly userId: string;
  readonly person: Person;
  /** Whether the subscription shows CVSS in its KnowledgeBase. */
  readonly cvss: boolean;
}

export interface Tag {
  readonly id: number;
  readonly name: string;
}

export interface Appliance {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly online: boolean;
  readonly tagIds: readonly number[];
}

export interface OptionProfile {
  readonly id: number;
  readonly name: string;
  readonly isDefault: boolean;
  readonly created: number;
}

/** A named set of name resolutions that a scan can be launched with. */
export interface DnsOverride {
  readonly id: number;
  readonly name: string;
  readonly created: number;
}

export interface AuthRecord {
  readonly id: number;
  readonly name: string;
  readonly contents: string;
  readonly tagIds: readonly number[];
  readonly created: number;
}

/** How long the scans of a web application take, in simulated seconds. */
export interface ScanPace {
  readonly queueSeconds: number;
  readonly runSeconds: number;
  readonly settleSeconds: number;
}

export interface WebApp {
  readonly id: number;
  name: string;
  url: string;
  readonly created: number;
  updated: number;
  tagIds: number[];
  defaultProfileId?: number | undefined;
  defaultScanner: { readonly type: 'EXTERNAL' | 'INTERNAL'; readonly name?: string };
  authRecordIds: number[];
  progressiveScanning: string;
  readonly riskScore: number;
  readonly pace: ScanPace;
  readonly links: number;
  /** The good end of a scan has two words on the platform (B.7). */
  readonly goodWord: 'SUCCESSFUL' | 'FINISHED';
}

export type FindingKind = 'VULNERABILITY' | 'SENSITIVE_CONTENT' | 'INFORMATION_GATHERED';

/** What there is to find in a web application, and by which of its scans (counted from 0) it is seen. */
export interface FindingSpec {
  readonly id: number;
  readonly uniqueId: string;
  readonly qid: number;
  readonly kind: FindingKind;
  readonly potential: boolean;
  readonly severity: string;
  readonly group?: string;
  readonly url?: string;
  readonly param?: string;
  readonly authenticated: boolean;
  readonly payload?: string;
  readonly response: string;
  /** First scan that sees it. */
  readonly from: number;
  /** First scan that no longer sees it. */
  readonly until?: number;
  /** Scan that sees it again. */
  readonly again?: number;
  readonly ignored?: { readonly reason: string; readonly comment: string };
  readonly detectionScore: number;
}

export interface FindingSource {
  readonly webAppId: number;
  readonly size: number;
  /** In ascending order of ids. */
  at(index: number): FindingSpec;
}

/** A processed scan, as far as the findings of its web application remember it. */
export interface HistoryEntry {
  readonly scanId: number;
  readonly reference: string;
  readonly launched: number;
  readonly ended: number;
  /** A discovery scan gathers information only. */
  readonly discovery: boolean;
  /** The part of the application that was tested, 0 to 1. */
  readonly coverage: number;
}

export type Outcome =
  | {
      readonly kind: 'good' | 'stuck' /** State that it is stuck in, where that is not the usual one. */;
      readonly word?: string;
    }
  | { readonly kind: 'nothing-tested' | 'error' | 'time-limit' | 'cancelled' | 'unknown'; readonly word: string };

export interface Scan {
  readonly id: number;
  readonly name: string;
  readonly reference: string;
  readonly type: 'VULNERABILITY' | 'DISCOVERY';
  readonly mode: 'API' | 'ONDEMAND' | 'SCHEDULED';
  readonly multi: boolean;
  readonly webAppId: number;
  readonly authRecordId?: number;
  readonly profileId: number;
  readonly scanner: { readonly type: string; readonly name?: string };
  readonly cancelAfterHours?: number;
  readonly progressive?: boolean;
  readonly options: readonly { readonly name: string; readonly value: string }[];
  readonly launched: number;
  readonly pace: ScanPace;
  readonly outcome: Outcome;
  readonly authWord: string;
  /** A scan of the same application that has to end first. */
  readonly after?: Scan;
  cancelledAt?: number;
  keepResults?: boolean;
}

export interface Report {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly scanIds: readonly number[];
  readonly webAppIds: readonly number[];
  readonly created: number;
}

export interface Vulnerability {
  readonly qid: number;
  readonly type:
    | 'Vulnerability'
    | 'Potential Vulnerability'
    | 'Vulnerability or Potential Vulnerability'
    | 'Information Gathered';
  readonly severity: number;
  readonly title: string;
  readonly category: string;
  readonly published: number;
  readonly modified: number;
  readonly patchable: boolean;
  readonly software?: { readonly product: string; readonly vendor: string };
  readonly vendorReference?: { readonly id: string; readonly url: string };
  readonly cves?: readonly string[];
  readonly diagnosis: string;
  readonly consequence?: string;
  readonly solution?: string;
  readonly cvss2?: { readonly base: string; readonly temporal: string; readonly vector: string };
  readonly cvss3?: {
    readonly base: string;
    readonly temporal: string;
    readonly vector: string;
    readonly version: string;
  };
  readonly pci: boolean;
  readonly threats?: readonly { readonly id: number; readonly name: string }[];
  readonly exploit?: string;
  readonly remote: boolean;
  readonly authTypes?: readonly string[];
  readonly additionalInfo?: string;
  readonly cwe?: readonly number[];
  readonly owasp?: { readonly name: string; readonly url: string; readonly code: number };
  readonly wasc?: { readonly name: string; readonly url: string; readonly code: number };
  readonly group?: string;
}

export interface Detection {
  readonly qid: number;
  readonly type: 'Confirmed' | 'Potential' | 'Info';
  readonly severity: number;
  readonly port?: number;
  readonly results: string;
  readonly status?: 'New' | 'Active' | 'Re-Opened' | 'Fixed';
  readonly first: number;
  readonly last: number;
}

export interface Host {
  readonly id: number;
  readonly assetId: number;
  readonly ip: string;
  readonly os: string;
  readonly dns: string;
  readonly tracking: string;
  readonly cloud?: { readonly instanceId: string; readonly accountId: string; readonly region: string };
  readonly created: number;
  readonly scanned: number;
  readonly detections: readonly Detection[];
}

export interface AssetGroup {
  readonly id: number;
  readonly title: string;
  readonly hostIds: readonly number[];
}

export interface CompliancePolicy {
  readonly id: number;
  readonly title: string;
  readonly active: boolean;
  readonly groupIds: readonly number[];
  /** When its posture was last worked out; absent: never. */
  readonly evaluated?: number;
}

export interface Control {
  readonly id: number;
  readonly statement: string;
  readonly label: string;
  readonly value: number;
}

export type PostureStatus = 'Passed' | 'Failed' | 'Error';

/** One control of a policy on one host, for one technology and instance. */
export interface PostureRow {
  readonly id: number;
  readonly policyId: number;
  readonly hostId: number;
  readonly controlId: number;
  readonly technologyId: number;
  readonly instance?: string;
  readonly status: PostureStatus;
  /** What the next scan that reaches the host makes of it. */
  readonly next?: PostureStatus;
  readonly exception?: { readonly status: string; readonly end: string; readonly comment: string };
  readonly found?: readonly string[];
  readonly expected?: string;
  readonly unexpected?: readonly string[];
  readonly missing?: readonly string[];
  readonly remediation?: string;
}

/** What policy compliance knows of the subscription. */
export interface ComplianceSeed {
  readonly groups: readonly AssetGroup[];
  /** Hosts by tag. */
  readonly tagged: ReadonlyMap<number, readonly number[]>;
  /** Hosts that may be scanned for compliance. */
  readonly enabledHosts: readonly number[];
  readonly profiles: readonly { readonly id: number; readonly name: string }[];
  readonly policies: readonly CompliancePolicy[];
  readonly controls: readonly Control[];
  readonly technologies: readonly { readonly id: number; readonly name: string }[];
  readonly posture: readonly PostureRow[];
  /** Length of a scan in simulated seconds. */
  readonly runSeconds: number;
}

/** A machine of the asset inventory, most of them with a Cloud Agent. */
export interface AgentHost {
  readonly host: Host;
  readonly agent?: { readonly uuid: string; readonly version: string };
  /** Whether it was ever scanned for vulnerabilities. */
  readonly wasScanned: boolean;
  /** When the agent was last seen. */
  readonly checkedIn: number;
  /** What only the next scan sees. */
  readonly next: readonly Detection[];
}

/** What a scan of a machine sees. */
export type Flaw = Pick<Detection, 'qid' | 'type' | 'severity' | 'port' | 'results'>;

/** A machine that scans can look at, whether the platform has a record of it yet or not. */
export interface Machine {
  readonly ip: string;
  readonly name: string;
  readonly os: string;
  readonly alive: boolean;
  /** An EC2 instance. `hidden`: unknown to the platform until the connector has run. */
  readonly instance?: NonNullable<Host['cloud']> & { readonly hidden?: boolean };
  readonly tagIds: readonly number[];
  readonly flaws: readonly Flaw[];
}

export interface VmGroup {
  readonly id: number;
  readonly title: string;
  /** Addresses and ranges. */
  readonly ips: readonly string[];
  readonly names?: readonly string[];
}

export interface Network {
  readonly id: number;
  readonly name: string;
}

export interface VmProfile {
  readonly id: number;
  readonly title: string;
  readonly list: 'vm' | 'pci';
  readonly isDefault: boolean;
}

export interface Connector {
  readonly id: number;
  readonly name: string;
  readonly accountId: string;
}

/** A scan of machines. */
export interface VmScan {
  readonly id: number;
  readonly reference: string;
  readonly title: string;
  readonly type: 'API' | 'On-Demand' | 'Scheduled';
  readonly priority: number;
  readonly launched: number;
  /** As the list shows it. */
  readonly target: string;
  readonly machines: readonly Machine[];
  /** Addresses that are asked for and answer to nothing. */
  readonly silent: readonly string[];
  readonly unresolved: readonly string[];
  readonly excluded: readonly string[];
  readonly assetGroups: readonly VmGroup[];
  readonly profile: VmProfile;
  readonly appliance: string;
  readonly network: string;
  readonly pace: ScanPace;
  readonly outcome: Outcome;
  /** Hosts that were not finished when a limit was reached. */
  readonly discontinued: readonly string[];
  readonly loginFails: boolean;
  cancelledAt?: number;
  pausedAt?: number;
  /** For how long it was paused before, milliseconds. */
  pausedMs?: number;
}

/** Everything a subscription starts with. */
export interface Seed {
  readonly cs: CsSeed;
  readonly account: Account;
  readonly service: { readonly concurrency: number; readonly calls: number; readonly windowSeconds: number };
  readonly tags: readonly Tag[];
  readonly appliances: readonly Appliance[];
  readonly optionProfiles: readonly OptionProfile[];
  readonly authRecords: readonly AuthRecord[];
  readonly dnsOverrides: readonly DnsOverride[];
  readonly webApps: readonly WebApp[];
  readonly findings: readonly FindingSource[];
  readonly pastScans: readonly Scan[];
  readonly vulnerabilities: readonly Vulnerability[];
  readonly hosts: readonly Host[];
  readonly agents?: readonly AgentHost[];
  readonly compliance: ComplianceSeed;
  readonly machines: readonly Machine[];
  readonly vmGroups: readonly VmGroup[];
  readonly networks: readonly Network[];
  readonly vmProfiles: readonly VmProfile[];
  readonly connectors: readonly Connector[];
  readonly pastVmScans: readonly VmScan[];
  /** How long scans of machines take. */
  readonly vmRunSeconds: number;
  /** What the platform does with a launch while the application is being scanned: refuse it, or let it wait. */
  readonly whenBusy: 'refuse' | 'queue';
  /** How long the scans of a web application take that a caller creates. */
  readonly newPace: ScanPace;
}
