import { ScangateError } from '../../errors.js';
import type { ScanHandle, Scanner, ScanPlan, ScanProgress } from '../scanner.js';
import { wayOf } from './plan-details.js';
import { qscannerWay } from './qscanner/index.js';
import { sensorWay } from './sensor.js';
import type { ContainerTarget } from './target.js';

/** The ways an image can be scanned, by the word that a plan of that way has in `details.way`. */
const WAYS: Readonly<Record<string, Scanner<ContainerTarget>>> = { sensor: sensorWay, qscanner: qscannerWay };

function way(name: string): Scanner<ContainerTarget> {
  const found = Object.hasOwn(WAYS, name) ? WAYS[name] : undefined;
  if (found) return found;
  throw new ScangateError('SCANGATE_STATE_FOREIGN', `this version does not know the way "${name}" to scan an image`);
}

const of = (plan: ScanPlan): Scanner<ContainerTarget> => way(wayOf(plan));

/** Container images by Qualys: scanned by a sensor of the platform, or on this machine by the program `qscanner`. */
export const qualysContainer: Scanner<ContainerTarget> = {
  name: 'qualys-container',
  needsPlatform: true,
  plan: async (target, context, services) =>
    way(target.qscanner === undefined ? 'sensor' : 'qscanner').plan(target, context, services),
  find: async (plan, services) => of(plan).find(plan, services),
  findReusable: async (plan, reuse, services) => of(plan).findReusable(plan, reuse, services),
  launch: async (plan, services) => of(plan).launch(plan, services),
  progress: async (handles, services) => {
    const byWay = new Map<Scanner<ContainerTarget>, ScanHandle[]>();
    for (const handle of handles) byWay.set(of(handle.plan), [...(byWay.get(of(handle.plan)) ?? []), handle]);
    const progress = new Map<string, ScanProgress>();
    for (const [scanner, own] of byWay) {
      for (const [scanName, one] of await scanner.progress(own, services)) progress.set(scanName, one);
    }
    return progress;
  },
  cancel: async (handle, services) => of(handle.plan).cancel(handle, services),
  findings: (handle, services) => of(handle.plan).findings(handle, services),
  cleanUp: async (of_, services) => {
    const plan = 'plan' in of_ ? of_.plan : of_;
    await of(plan).cleanUp?.(of_, services);
  },
};
