export { causesOf, findingsBehind } from './causes.js';
export type { CiAdapter, CiServer, Delivery, DeliveryInput, Environment, WrittenReport } from './ci-adapter.js';
export {
  type Entry,
  type EntryLimits,
  EntryStore,
  idOf,
  isShown,
  type NumberedEntry,
  unreadableTargets,
} from './entry-store.js';
export { outcomeVariables } from './outcome-variables.js';
