export { buildDeliveryInput, type DeliverySketch } from './build-delivery-input.js';
export { type CiAdapterContract, type CiSituation, describeCiAdapter } from './describe-ci-adapter.js';
export {
  describeReader,
  inChunks,
  type ReaderContract,
  type ReaderSample,
  type ReadResult,
  readAll,
} from './describe-reader.js';
