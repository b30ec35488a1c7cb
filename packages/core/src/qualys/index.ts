/** What all products of the Qualys platform share: addresses, sign-in, envelopes, limits, paging, KnowledgeBase. */
export { type CallBudgetOptions, createCallBudget } from './budget.js';
export type * from './call-budget.js';
export { createQualysClient, DEFAULT_VERSIONS } from './client.js';
export { type CredentialSources, readCredentials, secretsOf } from './credentials.js';
export { type FaultKind, mayHaveActed, QualysError } from './errors.js';
export { type PlatformChoice, POD_NAMES, resolvePlatform } from './platforms.js';
export type * from './types.js';
