import { excerpt, ScangateError } from '../../errors.js';
import type { FormFields } from '../../qualys/types.js';
import { childrenOf, descend, textAt, type XmlElement } from '../../wire/xml.js';
import type { ScanHandle, ScanPlan, ScanServices } from '../scanner.js';
import { detailsOf, type HostChoice, type PcDetails, type ScanRequest } from './details.js';
import { POLICY_PATH } from './resolve.js';
import { getScan, handleOf, isRefusedRequest, phaseOf, platformNow, SCAN_PATH } from './scan-record.js';

const IP_PATH = '/api/2.0/fo/asset/ip/';

/** Stands for the scan where the posture is judged as it is. */
const POSTURE_ID = 'posture';

/**
 * Starts the scan, and before it changes what the configuration allows. Nothing here is ever repeated: after a failure
 * the scan has to be looked for by its title. Every parameter goes in the body, where no proxy writes it down.
 */
export async function launchScan(plan: ScanPlan, services: ScanServices): Promise<ScanHandle> {
  const details = detailsOf(plan);
  const { scan } = details;
  if (!scan) return { plan, scanId: POSTURE_ID, launchedAtMs: platformNow(services) };
  await prepare(details, scan, services);
  const root = await services.qualys().fo({
    path: SCAN_PATH,
    fields: {
      action: 'launch',
      scan_title: plan.scanName,
      option_id: scan.profile.id,
      ...targetFields(details.hosts),
      ...applianceFields(scan.appliance),
    },
    safe: false,
    signal: services.signal,
  });
  const reference = itemOf(root, 'REFERENCE');
  if (reference !== undefined) return handleOf(plan, reference, platformNow(services));
  throw new ScangateError('SCANGATE_QUALYS_ANSWER', 'the platform took the launch and named no reference of a scan');
}

/** The items of a `SIMPLE_RETURN`. */
function itemOf(root: XmlElement, key: string): string | undefined {
  const items = childrenOf(descend(root, 'RESPONSE', 'ITEM_LIST'), 'ITEM');
  return textAt(
    items.find((item) => textAt(item, 'KEY') === key),
    'VALUE',
  );
}

function targetFields(hosts: HostChoice): FormFields {
  if (hosts.kind === 'hosts') return { ip: hosts.hosts.join(',') };
  // By id: a comma in a title would make two groups of one.
  if (hosts.kind === 'groups') return { asset_group_ids: hosts.groups.map(({ id }) => id).join(',') };
  return {
    target_from: 'tags',
    tag_set_by: hosts.by,
    tag_set_include: hosts.include.join(','),
    ...(hosts.exclude.length === 0 ? {} : { tag_set_exclude: hosts.exclude.join(',') }),
  };
}

function applianceFields(appliance: string | undefined): FormFields {
  if (appliance === undefined) return {};
  return appliance.toLowerCase() === 'default' ? { default_scanner: true } : { iscanner_name: appliance };
}

/** Both are without effect on what is there already. */
async function prepare({ hosts }: PcDetails, { addHosts, assign }: ScanRequest, services: ScanServices): Promise<void> {
  const change = async (path: string, fields: FormFields): Promise<void> => {
    const root = await services.qualys().fo({ path, fields, safe: false, signal: services.signal });
    if (root.name !== 'SIMPLE_RETURN' && root.name !== 'BATCH_RETURN') {
      throw new ScangateError('SCANGATE_QUALYS_ANSWER', `the answer to a change is a <${excerpt(root.name)}>`);
    }
  };
  if (addHosts && hosts.kind === 'hosts') {
    await change(IP_PATH, { action: 'add', enable_pc: true, ips: hosts.hosts.join(',') });
    services.log(`added for policy compliance: ${hosts.hosts.join(', ')}`);
  }
  for (const { policyId, groupIds } of assign) {
    const fields = { action: 'add_asset_group_ids', id: policyId, asset_group_ids: groupIds.join(',') };
    await change(POLICY_PATH, fields);
    services.log(`policy ${policyId}: added the asset groups ${groupIds.join(', ')}`);
  }
}

/** Stops the scan. One that has ended, or is gone, is no error. */
export async function cancelScan(handle: ScanHandle, services: ScanServices): Promise<void> {
  if (!detailsOf(handle.plan).scan) return;
  const fields = { action: 'cancel', scan_ref: handle.scanId };
  try {
    await services.qualys().fo({ path: SCAN_PATH, fields, safe: false, signal: services.signal });
  } catch (error) {
    if (!isRefusedRequest(error)) throw error;
    const scan = await getScan(handle.scanId, services);
    if (scan && ['queued', 'running'].includes(phaseOf(scan))) throw error;
  }
}
