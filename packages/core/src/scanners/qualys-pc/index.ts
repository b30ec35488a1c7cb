import type { Scanner } from '../scanner.js';
import { collectFindings } from './collect.js';
import { findByTitle, findReusable } from './find.js';
import { cancelScan, launchScan } from './launch.js';
import { planScan } from './plan.js';
import { progressOf } from './progress.js';
import type { PcTarget } from './target.js';

/** Policy compliance of hosts by Qualys PC. https://docs.qualys.com/en/vm/api/pc/ (read 2026-11-23). */
export const qualysPc: Scanner<PcTarget> = {
  name: 'qualys-pc',
  needsPlatform: true,
  plan: planScan,
  find: findByTitle,
  findReusable,
  launch: launchScan,
  progress: progressOf,
  cancel: cancelScan,
  findings: collectFindings,
};
