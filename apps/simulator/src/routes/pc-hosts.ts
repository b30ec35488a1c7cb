/** Filters of the host list that policy compliance needs: asset groups, tags, and what may be scanned. */
import { integerParameter, keywordParameter, switchParameter } from '../fo-parameters.js';
import type { Host } from '../model.js';
import type { Context } from '../router.js';

export const COMPLIANCE_FILTERS: readonly string[] = [
  'ag_ids',
  'use_tags',
  'tag_set_by',
  'tag_set_include',
  'tag_set_exclude',
  'compliance_enabled',
];

export const listParameter = (form: URLSearchParams, name: string): readonly string[] | undefined =>
  form
    .get(name)
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Ids of hosts with any of the tags. */
export function taggedHosts({ form, world }: Context, name: string): ReadonlySet<number> {
  const { seed } = world.store;
  const byName = keywordParameter(form, 'tag_set_by', ['id', 'name']) === 'name';
  const wanted = listParameter(form, name) ?? [];
  const tags = seed.tags.filter((tag) => wanted.includes(byName ? tag.name : String(tag.id)));
  return new Set(tags.flatMap(({ id }) => seed.compliance.tagged.get(id) ?? []));
}

export function groupHosts({ form, world }: Context, name: string): ReadonlySet<number> {
  const wanted = listParameter(form, name) ?? [];
  const groups = world.store.seed.compliance.groups.filter(({ id }) => wanted.includes(String(id)));
  return new Set(groups.flatMap(({ hostIds }) => hostIds));
}

export function complianceFilter(context: Context): (host: Host) => boolean {
  const { form, world } = context;
  const enabled = integerParameter(form, 'compliance_enabled');
  const groups = form.has('ag_ids') ? groupHosts(context, 'ag_ids') : undefined;
  const tags = switchParameter(form, 'use_tags') ? taggedHosts(context, 'tag_set_include') : undefined;
  const without = taggedHosts(context, 'tag_set_exclude');
  return ({ id }) =>
    (groups?.has(id) ?? true) &&
    (tags === undefined || (tags.has(id) && !without.has(id))) &&
    (enabled === undefined || world.store.compliance.enabledHosts.has(id) === (enabled === 1));
}
