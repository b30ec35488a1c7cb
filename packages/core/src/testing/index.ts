export { describeReader, inChunks, readAll, type ReaderContract, type ReaderSample, type ReadResult } from './describe-reader.js';
