/** What Container Security knows, as the simulator keeps it. Times are milliseconds. */

export interface CsVulnerability {
  readonly qid: number;
  readonly title: string;
  readonly severity: number;
  readonly type: 'CONFIRMED' | 'POTENTIAL';
  readonly cves: readonly string[];
  readonly cvss2?: string;
  readonly cvss3?: string;
  readonly software: readonly { readonly name: string; readonly version: string; readonly fix?: string }[];
  readonly exploited?: boolean;
  readonly exempted?: boolean;
}

export interface CsImage {
  readonly sha: string;
  readonly names: readonly { readonly registry: string; readonly repository: string; readonly tag: string }[];
  readonly digest: string;
  readonly created: number;
  /** From when on the platform lists it; never when absent. */
  known?: number | undefined;
  /** When it was scanned, and when the scan was processed. */
  scanned?: number | undefined;
  processed?: number | undefined;
  sources: readonly ('REGISTRY' | 'CICD' | 'GENERAL')[];
  readonly vulnerabilities: readonly CsVulnerability[];
  /** Its details keep null in place of an empty list, as some platforms do. */
  readonly nullWhenClean: boolean;
  readonly secrets: readonly { readonly title: string; readonly path: string }[];
  readonly malware: readonly { readonly name: string; readonly path: string }[];
}

export interface CsContainer {
  readonly sha: string;
  readonly name: string;
  readonly imageSha: string;
  readonly state: 'RUNNING' | 'STOPPED' | 'PAUSED' | 'CREATED' | 'DELETED';
  readonly host: string;
  readonly updated: number;
  /** Vulnerabilities that came after the start. */
  readonly drift?: readonly CsVulnerability[];
}

export interface CsRegistry {
  readonly uuid: string;
  readonly uri: string;
  readonly type: string;
}

/** A scan of a registry. */
export interface CsJob {
  readonly uuid: string;
  readonly registryUuid: string;
  readonly name: string;
  readonly repository: string;
  readonly tag: string;
  readonly forced: boolean;
  readonly created: number;
  readonly queueSeconds: number;
  readonly runSeconds: number;
  /** Word of its end; it finishes well when absent. */
  readonly end?: string;
  cancelled?: number;
}

export interface CsPolicy {
  readonly uuid: string;
  readonly name: string;
  readonly type: string;
  readonly active: boolean;
  readonly isDefault: boolean;
  readonly rules: readonly { readonly name: string; readonly type: string; readonly meta: object }[];
}

export interface CsSeed {
  readonly images: readonly CsImage[];
  readonly containers: readonly CsContainer[];
  readonly registries: readonly CsRegistry[];
  readonly policies: readonly CsPolicy[];
}
