export { buildDeliveryInput, type DeliverySketch } from './build-delivery-input.js';
export {
  type BuiltJudgement,
  buildFinding,
  buildJudgement,
  buildRawFinding,
  buildStatement,
  type JudgementSketch,
  type TargetSketch,
} from './builders.js';
export {
  type BuiltDelivery,
  buildMany,
  buildTextDelivery,
  type DeliveryFixture,
  deliveryFixtures,
  toDelivery,
} from './delivery-fixtures.js';
export {
  type AdapterGoldenContract,
  describeAdapterGolden,
  type RenderedDelivery,
  renderDelivery,
} from './describe-adapter-golden.js';
export { type CiAdapterContract, type CiSituation, describeCiAdapter } from './describe-ci-adapter.js';
export { describeProgramScanner, type ProgramContract, type ReportSketch } from './describe-program-scanner.js';
export {
  describeReader,
  inChunks,
  type ReaderContract,
  type ReaderSample,
  type ReadResult,
  readAll,
} from './describe-reader.js';
export { describeReporter, type GoldenFiles, type ReporterContract, renderReport } from './describe-reporter.js';
export {
  describeScanner,
  type ScannerContract,
  type ScannerPlatform,
  type ScannerSituation,
} from './describe-scanner.js';
export { buildMachine, type FakeMachine, type FakeMachineParts, type FakeProgram } from './fake-machine.js';
export { HOSTILE_TEXTS } from './hostile.js';
export { buildStage, collectAll, MISHAPS, type Mishap, type PlatformRequest, type Stage } from './scanner-stage.js';
export { SITUATIONS, type Situation } from './situations.js';
