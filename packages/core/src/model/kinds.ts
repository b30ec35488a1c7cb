/* Words of the model without their schemas, so that judging does not have to load the schema library. */

export const FINDING_KINDS = [
  'confirmed',
  'potential',
  'information',
  'sensitive-content',
  'misconfiguration',
  'secret',
  'control',
] as const;

/** Kinds that are a problem in themselves: the population of a rule that names no other. */
export const DEFAULT_KINDS = ['confirmed', 'misconfiguration', 'secret', 'control'] as const;

export const FINDING_STATUSES = ['new', 'active', 'reopened', 'fixed'] as const;
export const CVSS_VERSIONS = ['4.0', '3.1', '3.0', '2.0'] as const;
