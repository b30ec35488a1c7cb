import { excerpt, ScangateError } from '../../errors.js';
import { child, childrenOf, descend, textAt, type XmlElement } from '../../wire/xml.js';
import { platformNow } from '../qualys-clock.js';
import type { ScanHandle, ScanPlan, ScanServices } from '../scanner.js';
import { detailsOf } from './details.js';
import { runConnector } from './ec2.js';
import { SCAN_PATH } from './scan-list.js';

/**
 * Starts the scan; before it runs the AWS connector, where the configuration allows that and the platform did not know
 * an instance. Nothing here is ever repeated: after a failure the scan has to be looked for by its title.
 * https://docs.qualys.com/en/vm/qweb-all-api/ (launch of a VM scan; read 2026-11-23).
 */
export async function launchScan(plan: ScanPlan, services: ScanServices): Promise<ScanHandle> {
  const { request, connector } = detailsOf(plan);
  const found = connector && (await runConnector(connector, services));
  const endpoint = found?.region === undefined ? {} : { ec2_endpoint: found.region };
  if (connector && request.ec2_endpoint === undefined && found?.region === undefined) {
    throw new ScangateError('SCANGATE_QUALYS_NOT_FOUND', 'the platform does not tell the region of the instances', {
      mend: 'name the region or the VPC in ec2.endpoint',
    });
  }
  const client = services.qualys();
  const root = await client.fo({
    path: SCAN_PATH,
    fields: { action: 'launch', ...endpoint, ...request },
    safe: false,
    signal: services.signal,
  });
  const items = itemsOf(root);
  const ref = items.get('REFERENCE');
  if (ref === undefined) {
    const text = textAt(child(root, 'RESPONSE'), 'TEXT') ?? `<${root.name}>`;
    throw new ScangateError(
      'SCANGATE_QUALYS_ANSWER',
      `the platform took the launch and named no scan: ${excerpt(text, 200)}`,
    );
  }
  const id = items.get('ID');
  return {
    plan,
    scanId: ref,
    reference: ref,
    // The page that the vendor's own plugin links to.
    link:
      id === undefined ? undefined : `${client.urls.portal}/fo/report/report_view.php?&id=${encodeURIComponent(id)}`,
    launchedAtMs: platformNow(services),
  };
}

/** `SIMPLE_RETURN/RESPONSE/ITEM_LIST/ITEM{KEY,VALUE}` */
function itemsOf(root: XmlElement): Map<string, string> {
  const items = new Map<string, string>();
  for (const item of childrenOf(descend(root, 'RESPONSE', 'ITEM_LIST'), 'ITEM')) {
    const [key, value] = [textAt(item, 'KEY'), textAt(item, 'VALUE')];
    if (key !== undefined && value !== undefined) items.set(key.toUpperCase(), value);
  }
  return items;
}
