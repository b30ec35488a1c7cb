import type { Scanner } from '../../scanner.js';
import type { ContainerTarget } from '../target.js';
import { collectFindings } from './collect.js';
import { planScan } from './plan.js';
import { cancelScan, findByName, launchScan, progressOf } from './runs.js';

/**
 * Container images by the program QScanner on this machine, in place of a sensor. The details of its plans have
 * `way: 'qscanner'`. https://docs.qualys.com/en/qscanner/latest/ (read 2026-11-23).
 */
export const qscannerWay: Scanner<ContainerTarget> = {
  name: 'qualys-container',
  needsPlatform: true,
  plan: planScan,
  find: findByName,
  // The program runs for the process that started it: there is nobody else's scan to use.
  findReusable: async () => undefined,
  launch: launchScan,
  progress: progressOf,
  cancel: cancelScan,
  findings: collectFindings,
};
