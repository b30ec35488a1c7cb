import * as z from 'zod';
import { CVSS_VERSIONS, FINDING_KINDS, FINDING_STATUSES } from './kinds.js';
import { SEVERITIES } from './severity.js';

const text = z.string();

export const FindingKind = z.enum(FINDING_KINDS);
export type FindingKind = z.infer<typeof FindingKind>;

export const CvssScore = z.strictObject({
  version: z.enum(CVSS_VERSIONS),
  /** Base score, 0.0 to 10.0. */
  score: z.number().min(0).max(10),
  vector: text.optional(),
  /** Who scored it, in the report's own word, such as `nvd`. */
  source: text.optional(),
});
export type CvssScore = z.infer<typeof CvssScore>;

export const Vulnerability = z.strictObject({
  /** Whose catalogue `id` belongs to: `qualys` for a QID, else the scanner or the database. */
  source: text,
  id: text,
  title: text,
  /** Other names, CVE first among them. Absent: the source does not say. Empty: the source says there are none. */
  aliases: z.array(text).optional(),
  /** CWE numbers. Absent: the source does not say. */
  cwe: z.array(z.number().int()).optional(),
  /** OWASP categories in the source's words, such as `A03:2021`. */
  owasp: z.array(text).optional(),
  links: z.array(text).optional(),
});
export type Vulnerability = z.infer<typeof Vulnerability>;

export const Location = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('web'),
    url: text.optional(),
    method: text.optional(),
    parameter: text.optional(),
  }),
  z.strictObject({
    kind: z.literal('package'),
    name: text,
    version: text.optional(),
    /** Package type in the source's word, such as `debian` or `npm`. */
    ecosystem: text.optional(),
    purl: text.optional(),
    path: text.optional(),
    layer: text.optional(),
    /** Image, file system or repository the package was found in. */
    artifact: text.optional(),
  }),
  z.strictObject({
    kind: z.literal('host'),
    host: text.optional(),
    ip: text.optional(),
    port: z.number().int().optional(),
    protocol: text.optional(),
    service: text.optional(),
    instance: text.optional(),
  }),
  z.strictObject({
    kind: z.literal('file'),
    path: text,
    line: z.number().int().optional(),
    endLine: z.number().int().optional(),
    resource: text.optional(),
  }),
  z.strictObject({
    kind: z.literal('control'),
    control: text,
    subject: text.optional(),
    instance: text.optional(),
  }),
  z.strictObject({ kind: z.literal('none') }),
]);
export type Location = z.infer<typeof Location>;

/**
 * One vulnerability on one target, seen in one scan (design section 4).
 * A field the source does not give is absent, never guessed.
 */
export const Finding = z.strictObject({
  /** 32 hex digits, stable across scans: vulnerability, target and place, never line, date or scan id. */
  fingerprint: z.string().regex(/^[0-9a-f]{32}$/),
  scanner: text,
  target: text,
  vulnerability: Vulnerability,
  kind: FindingKind,
  severity: z.enum([...SEVERITIES, 'unknown']),
  /** The vendor's own word or number, unchanged. */
  vendorSeverity: text.optional(),
  cvss: z.array(CvssScore).optional(),
  /** Qualys detection score, 0 to 100. */
  qds: z.number().optional(),
  /** Probability of exploitation, 0 to 1. */
  epss: z.number().optional(),
  knownExploited: z.boolean().optional(),
  /** The source's own PCI flag; never derived from a score. */
  pci: z.boolean().optional(),
  status: z.enum(FINDING_STATUSES).optional(),
  /** Set aside in the source: an ignore, suppression or exception kept there. */
  ignored: z.strictObject({ reason: text }).optional(),
  /** ISO 8601, UTC. */
  firstSeen: text.optional(),
  lastSeen: text.optional(),
  fix: z.strictObject({ available: z.boolean(), version: text.optional() }).optional(),
  /** State of a control in the source's word: `fail`, `error`, `exception` ... */
  state: text.optional(),
  location: Location,
  description: text.optional(),
  impact: text.optional(),
  remediation: text.optional(),
  evidence: text.optional(),
});
export type Finding = z.infer<typeof Finding>;

/** What a scanner yields: the gate adds target and fingerprint. */
export type RawFinding = Omit<Finding, 'fingerprint' | 'target' | 'scanner'> & {
  /** Stable id given by the source (a GUID); takes the place of the location in the fingerprint. */
  identity?: string | undefined;
};
