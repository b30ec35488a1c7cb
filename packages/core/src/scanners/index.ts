export type * from './machine.js';
export { SCANNERS, scannerOf } from './registry.js';
export { HEAD_BYTES, type ReportHead, readHead } from './report/head.js';
export { peekHead, READERS, readerOf, readReportAs, recogniseReport } from './report/index.js';
export type { ReportInput, ReportReader } from './report/reader.js';
export type * from './scanner.js';
