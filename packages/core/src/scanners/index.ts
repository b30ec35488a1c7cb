export { READERS, peekHead, readerOf, recogniseReport } from './report/index.js';
export { HEAD_BYTES, type ReportHead, readHead } from './report/head.js';
export type { ReportInput, ReportReader } from './report/reader.js';
