import type { Scanner } from '../scanner.js';
import { cancelScan } from './cancel.js';
import { collectFindings } from './collect.js';
import { findByTitle, findReusable } from './find.js';
import { launchScan } from './launch.js';
import { planScan } from './plan.js';
import { progressOf } from './progress.js';
import type { VmTarget } from './target.js';

/** Scans of hosts and cloud machines by Qualys VM. https://docs.qualys.com/en/vm/qweb-all-api/ (read 2026-11-23). */
export const qualysVm: Scanner<VmTarget> = {
  name: 'qualys-vm',
  needsPlatform: true,
  plan: planScan,
  find: findByTitle,
  findReusable,
  launch: launchScan,
  progress: progressOf,
  cancel: cancelScan,
  findings: collectFindings,
};
