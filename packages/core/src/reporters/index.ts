export type { Reporter, ReportContext, ReportWriter } from './reporter.js';
