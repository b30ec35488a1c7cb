import { excerpt, ScangateError } from '../../errors.js';
import type { QpsCriterion } from '../../qualys/types.js';
import { isId, type Kind, type Looker, type Named, searchAll, type Wanted } from '../qualys-resolve.js';

export const WEB_APP: Kind = { product: 'was', object: 'webapp', word: 'web application', verbose: true };
export const OPTION_PROFILE: Kind = { product: 'was', object: 'optionprofile', word: 'option profile' };
export const AUTH_RECORD: Kind = { product: 'was', object: 'webappauthrecord', word: 'authentication record' };
export const DNS_OVERRIDE: Kind = { product: 'was', object: 'dnsoverride', word: 'DNS override' };

/** Web applications with any of the tags: one call for all that are given by id, one for each that is given by name. */
export async function webAppsWithAnyTag(looker: Looker, tags: readonly Wanted[]): Promise<Named[]> {
  const ids = tags.filter(isId).map(String);
  const criteria: QpsCriterion[] = tags
    .filter((tag) => !isId(tag))
    .map((tag) => ({ field: 'tags.name', operator: 'EQUALS', value: tag }));
  if (ids.length > 0) criteria.push({ field: 'tags.id', operator: 'IN', value: ids.join(',') });
  const found = new Map<string, Named>();
  for (const criterion of criteria) {
    const webApps = await searchAll(looker, WEB_APP, [criterion]);
    if (webApps.length === 0) {
      throw new ScangateError(
        'SCANGATE_QUALYS_NOT_FOUND',
        `no web application has the tag ${excerpt(String(criterion.value))}`,
      );
    }
    for (const webApp of webApps) found.set(webApp.id, webApp);
  }
  return [...found.values()];
}
