import type { Scanner } from '../scanner.js';
import { collectFindings } from './collect.js';
import { findScan, launchScan } from './launch.js';
import { planScan } from './plan.js';
import { progressOf } from './progress.js';
import type { AgentTarget } from './target.js';

/** What Cloud Agents know of their machines, and scans on demand. https://docs.qualys.com/en/ca/api/ (read 2026-11-23). */
export const qualysAgent: Scanner<AgentTarget> = {
  name: 'qualys-agent',
  needsPlatform: true,
  plan: planScan,
  find: findScan,
  // The age limit of the target already says which earlier scan may serve.
  findReusable: async () => undefined,
  launch: launchScan,
  progress: progressOf,
  // The API has no call for it: the agent scans when it has been asked.
  cancel: async ({ plan }, services) => {
    services.log(`the platform cannot stop a scan of an agent: ${plan.subject} scans all the same`);
  },
  findings: collectFindings,
};
