import { hash } from 'node:crypto';
import { asObject, requiredTextIn } from '../../wire/take.js';
import { platformNow } from '../qualys-clock.js';
import type { ScanHandle, ScanPlan, ScanServices } from '../scanner.js';
import { archiveOf } from './archive.js';
import { detailsOf, type IacDetails } from './details.js';
import { asAnswer, DIGEST_TAG } from './scan-list.js';

const SCAN = '/cloudview-api/rest/v1/iac/scan';

/**
 * Uploads the templates, which starts the scan. Never repeated: after a failure the scan has to be looked for by its
 * name. Source: the vendor's plugin for Jenkins and its program for the command line, read 2026-11-23.
 */
export async function launchScan(plan: ScanPlan, services: ScanServices): Promise<ScanHandle> {
  const details = detailsOf(plan);
  const { zip, sha256 } = await archiveOf(details, services.machine);
  if (sha256 !== details.sha256) services.log(`the templates in ${details.path} have changed since they were planned`);
  const { value } = await services.qualys().gateway({
    method: 'POST',
    path: SCAN,
    upload: uploadOf(plan.scanName, { ...details.tags, [DIGEST_TAG]: sha256 }, zip),
    safe: false,
    signal: services.signal,
  });
  const at = 'the answer to the launch';
  const scanId = asAnswer(at, () => requiredTextIn(asObject(value, at), 'scanUuid', at));
  return { plan, scanId, launchedAtMs: platformNow(services) };
}

/** `multipart/form-data`, RFC 7578. Passed controls are asked for too: without them counters say more than lists. */
function uploadOf(name: string, tags: IacDetails['tags'], zip: Uint8Array): { contentType: string; bytes: Uint8Array } {
  // Of the content, so that it does not stand in it.
  const boundary = `scangate-${hash('sha256', zip, 'hex').slice(0, 40)}`;
  const field = (label: string, text: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${label}"\r\n\r\n${text}\r\n`;
  const head = [
    field('name', name),
    field('showOnlyFailedControls', 'false'),
    field('tags', JSON.stringify(Object.entries(tags).map(([key, text]) => ({ [key]: text })))),
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="templates.zip"\r\n`,
    'Content-Type: application/octet-stream\r\n\r\n',
  ].join('');
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat([Buffer.from(head, 'utf8'), zip, Buffer.from(`\r\n--${boundary}--\r\n`, 'utf8')]),
  };
}
