export { causesOf, findingsBehind } from './causes.js';
export type { CiAdapter, CiServer, Delivery, DeliveryInput, Environment, WrittenReport } from './ci-adapter.js';
export { outcomeVariables } from './outcome-variables.js';
