export type { CiAdapter, Delivery, DeliveryInput, Environment, WrittenReport } from './ci-adapter.js';
export { outcomeVariables } from './outcome-variables.js';
