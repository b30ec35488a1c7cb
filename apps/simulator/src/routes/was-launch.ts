/** Launching scans. Every POST starts another scan: there is nothing idempotent about it. */
import { serviceRecords } from '../envelopes/qps.js';
import { group, number } from '../envelopes/record.js';
import type { Faults } from '../faults.js';
import type { Answer } from '../http/call.js';
import { authRecordFor, checked, hours, profileFor, type Scanner, scannerFor, targets } from '../launch-request.js';
import type { Outcome, Scan, WebApp } from '../model.js';
import type { Context, Route } from '../router.js';
import { isUnfinished } from '../scan-state.js';
import { invalid, member, members, readServiceRequest, type Tree, textAt } from '../service-request.js';
import type { World } from '../world.js';
import { notFound, pathId, qpsRoute } from './qps-route.js';

/** The schema of scan answers. */
export const SCAN_SCHEMA = '3.0/was/wasscan';

type LaunchSettings = Omit<Scan, 'id' | 'reference' | 'webAppId' | 'authRecordId' | 'launched' | 'pace' | 'after'>;

function outcomeOf(faults: Faults, route: string, scanner: Scanner): Outcome {
  if (!scanner.available) return { kind: 'error', word: 'SCANNER_NOT_AVAILABLE' };
  if (faults.strikes('stuck-running', route)) return { kind: 'stuck' };
  if (faults.strikes('scan-error', route)) return { kind: 'error', word: faults.setting('scan-error', 'word') };
  if (faults.strikes('no-host-alive', route)) return { kind: 'nothing-tested', word: 'NO_HOST_ALIVE' };
  if (faults.strikes('no-web-service', route)) return { kind: 'nothing-tested', word: 'NO_WEB_SERVICE' };
  if (faults.strikes('time-limit', route)) return { kind: 'time-limit', word: faults.setting('time-limit', 'word') };
  if (faults.strikes('cancelled', route)) return { kind: 'cancelled', word: faults.setting('cancelled', 'word') };
  if (faults.strikes('unknown-status', route)) {
    return { kind: 'unknown', word: faults.setting('unknown-status', 'word') };
  }
  return { kind: 'good' };
}

function authWordOf(faults: Faults, route: string, authRecordId: number | undefined): string {
  if (authRecordId === undefined) return 'NONE';
  return faults.strikes('auth-failed', route) ? faults.setting('auth-failed', 'word') : 'SUCCESSFUL';
}

function settingsOf(
  context: Context,
  tree: Tree,
  webApp: WebApp,
  multi: boolean,
  authRecordId?: number,
): LaunchSettings {
  const { world, route } = context;
  const target = member(tree, 'target');
  const scanner = scannerFor(world, target, webApp);
  const cancelAfterHours = hours(textAt(tree, 'cancelAfterNHours'));
  const progressive = textAt(tree, 'progressiveScanning');
  return {
    name: textAt(tree, 'name') ?? '',
    type: textAt(tree, 'type') === 'DISCOVERY' ? 'DISCOVERY' : 'VULNERABILITY',
    mode: 'API',
    multi,
    profileId: profileFor(world, tree, webApp),
    scanner: { type: scanner.type, ...(scanner.name === undefined ? {} : { name: scanner.name }) },
    ...(cancelAfterHours === undefined ? {} : { cancelAfterHours }),
    ...(progressive === undefined ? {} : { progressive: progressive === 'true' || progressive === 'ENABLED' }),
    options: members(member(tree, 'options', 'set'), 'WasScanOption').map((option) => ({
      name: textAt(option, 'name') ?? '',
      value: textAt(option, 'value') ?? '',
    })),
    outcome: outcomeOf(world.faults, route.name, scanner),
    authWord: authWordOf(world.faults, route.name, authRecordId),
  };
}

function runningOn(world: World, webApp: WebApp): Scan | undefined {
  const running = [...world.store.scans.values()].filter((scan) => {
    return scan.webAppId === webApp.id && isUnfinished(world.store.state(scan));
  });
  return running.at(-1);
}

function start(context: Context, webApp: WebApp, settings: LaunchSettings, authRecordId: number | undefined): Scan {
  const { store, clock, faults } = context.world;
  const id = store.nextId('scan');
  const late = faults.strikes('processing-late', context.route.name);
  const after = runningOn(context.world, webApp);
  const settleSeconds = late ? Number(faults.setting('processing-late', 'seconds')) : webApp.pace.settleSeconds;
  const scan: Scan = {
    ...settings,
    id,
    reference: `was/${clock.now()}.${id}`,
    webAppId: webApp.id,
    ...(authRecordId === undefined ? {} : { authRecordId }),
    launched: clock.now(),
    pace: { ...webApp.pace, settleSeconds },
    ...(after ? { after } : {}),
  };
  store.scans.set(id, scan);
  store.launches.push({ name: scan.name, scanId: id, webAppId: webApp.id, at: scan.launched });
  return scan;
}

function launch(context: Context): Answer {
  const { world } = context;
  const tree = checked(world, member(readServiceRequest(context.call).data, 'WasScan'));
  const target = member(tree, 'target');
  const { webApps, multi } = targets(world, target);
  const free = webApps.filter((webApp) => world.store.seed.whenBusy === 'queue' || !runningOn(world, webApp));
  const [busy] = webApps;
  if (free.length === 0 && !multi && busy !== undefined) {
    throw invalid(`A scan is already in progress on the web application ${busy.id}.`, 'Wait until it has ended.');
  }
  // Everything is checked before the first scan starts: a refused launch has launched nothing.
  const prepared = free.map((webApp) => {
    const authRecordId = authRecordFor(world, target, webApp);
    return { webApp, authRecordId, settings: settingsOf(context, tree, webApp, multi, authRecordId) };
  });
  return launched(
    context,
    prepared.map(({ webApp, settings, authRecordId }) => start(context, webApp, settings, authRecordId)),
  );
}

/** The answer to a launch: the ids; nothing launched is a success without records. */
function launched(context: Context, scans: readonly Scan[]): Answer {
  const records = scans.map(({ id }) => group([['id', number(id)]]));
  return serviceRecords(context, SCAN_SCHEMA, 'WasScan', records);
}

function scanAgain(context: Context): Answer {
  const { world } = context;
  const id = pathId(context);
  const old = world.store.scans.get(id);
  const webApp = old && world.store.webApps.get(old.webAppId);
  if (old === undefined || webApp === undefined) throw notFound('scan', id);
  if (runningOn(world, webApp)) throw invalid('A scan is already in progress on the web application.');
  const { after: _, cancelledAt: __, keepResults: ___, ...again } = old;
  const outcome = outcomeOf(world.faults, context.route.name, { type: old.scanner.type, available: true });
  return launched(context, [start(context, webApp, { ...again, outcome, mode: 'API' }, old.authRecordId)]);
}

export const launchRoutes: readonly Route[] = [
  qpsRoute(['POST'], '/qps/rest/3.0/launch/was/wasscan', SCAN_SCHEMA, launch),
  qpsRoute(['POST'], '/qps/rest/3.0/scanagain/was/scan/:id', SCAN_SCHEMA, scanAgain),
];
