import { ScangateError } from '../../errors.js';
import { asObject, requiredTextIn } from '../../wire/take.js';
import { platformNow } from '../qualys-clock.js';
import { isNotFound } from '../qualys-refusal.js';
import { type Named, searchAll } from '../qualys-resolve.js';
import type { Json, ScanHandle, ScanPlan, ScanServices } from '../scanner.js';
import { detailsOf, type WasDetails } from './details.js';
import { WEB_APP } from './resolve.js';
import { handleOf } from './scan-record.js';

/**
 * Starts the scan, and before it the web application where one is to be created. Nothing here is ever repeated: after a
 * failure the scan has to be looked for by its name.
 */
export async function launchScan(plan: ScanPlan, services: ScanServices): Promise<ScanHandle> {
  const details = detailsOf(plan);
  const client = services.qualys();
  const WasScan = details.create ? withWebApp(details, await ensureWebApp(details.create, services)) : details.request;
  const { records } = await client.qps({
    product: 'was',
    verb: 'launch',
    object: 'wasscan',
    request: { data: { WasScan } },
    signal: services.signal,
  });
  const ids = records.map(({ type, value }) => requiredTextIn(value, 'id', type));
  if (ids.length === 0) {
    throw new ScangateError('SCANGATE_SCAN_FAILED', 'the platform took the launch and started no scan', {
      mend: 'look whether a scan of this web application is running already, and whether the user may launch scans',
    });
  }
  return handleOf(plan, ids, client, { launchedAtMs: platformNow(services) });
}

function withWebApp({ request }: WasDetails, id: string): { [key: string]: Json } {
  const target = asObject(request.target, 'plan.details.request.target') as { [key: string]: Json };
  return { ...request, target: { webApp: { id }, ...target } };
}

/** Its name belongs to this run alone, so one that is there already was made by this plan. */
async function ensureWebApp(create: NonNullable<WasDetails['create']>, services: ScanServices): Promise<string> {
  const [there] = await created(create.name, services);
  if (there) return there.id;
  const { records } = await services.qualys().qps({
    product: 'was',
    verb: 'create',
    object: 'webapp',
    request: { data: { WebApp: create.request } },
    signal: services.signal,
  });
  const [record] = records;
  if (record) return requiredTextIn(record.value, 'id', record.type);
  throw new ScangateError('SCANGATE_QUALYS_ANSWER', 'the platform created a web application and did not name its id');
}

async function created(name: string, services: ScanServices): Promise<Named[]> {
  const looker = { client: services.qualys(), signal: services.signal };
  const alike = await searchAll(looker, { ...WEB_APP, verbose: false }, [
    { field: 'name', operator: 'EQUALS', value: name },
  ]);
  return alike.filter((webApp) => webApp.name === name);
}

/** Removes the web application that was created for this plan. One that is gone is no error. */
export async function removeWebApp(plan: ScanPlan, services: ScanServices): Promise<void> {
  const { create } = detailsOf(plan);
  if (!create) return;
  for (const { id } of await created(create.name, services)) {
    try {
      await services.qualys().qps({ product: 'was', verb: 'delete', object: 'webapp', id, signal: services.signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
