import type { Scanner } from '../scanner.js';
import { collectFindings } from './collect.js';
import { findByName, findReusable } from './find.js';
import { launchScan } from './launch.js';
import { planScan } from './plan.js';
import { progressOf } from './progress.js';
import type { IacTarget } from './target.js';

/**
 * Scans of infrastructure templates by Qualys TotalCloud.
 * https://docs.qualys.com/en/tc/api/get_started/get_started.htm (read 2026-11-23).
 */
export const qualysIac: Scanner<IacTarget> = {
  name: 'qualys-iac',
  needsPlatform: true,
  plan: planScan,
  find: findByName,
  findReusable,
  launch: launchScan,
  progress: progressOf,
  // The API has no call for it: the scan ends by itself, within minutes.
  cancel: async ({ plan }, services) => {
    services.log(`the platform cannot stop an IaC scan: ${plan.scanName} ends by itself`);
  },
  findings: collectFindings,
};
