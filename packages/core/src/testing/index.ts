export { type CiAdapterContract, type CiSituation, describeCiAdapter } from './describe-ci-adapter.js';
export {
  describeReader,
  inChunks,
  type ReaderContract,
  type ReaderSample,
  type ReadResult,
  readAll,
} from './describe-reader.js';
export { type SampleOptions, sampleDeliveryInput } from './sample-delivery-input.js';
