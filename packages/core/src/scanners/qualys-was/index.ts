import type { Scanner } from '../scanner.js';
import { cancelScan } from './cancel.js';
import { collectFindings } from './collect.js';
import { findByName, findReusable } from './find.js';
import { launchScan, removeWebApp } from './launch.js';
import { planScan } from './plan.js';
import { progressOf } from './progress.js';
import type { WasTarget } from './target.js';

/** Scans of web applications by Qualys WAS. https://docs.qualys.com/en/was/api/ (read 2026-11-23). */
export const qualysWas: Scanner<WasTarget> = {
  name: 'qualys-was',
  needsPlatform: true,
  plan: planScan,
  find: findByName,
  findReusable,
  launch: launchScan,
  progress: progressOf,
  cancel: cancelScan,
  findings: collectFindings,
  cleanUp: (of, services) => removeWebApp('plan' in of ? of.plan : of, services),
};
