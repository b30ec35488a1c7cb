export type { CiAdapter, Delivery, DeliveryInput, Environment, WrittenReport } from './ci-adapter.js';
