import type { QpsCriterion, QpsRecord, QpsSearch } from '../../qualys/types.js';
import type { Looker } from '../qualys-resolve.js';

/** Most that the platform takes. */
export const PAGE_SIZE = 1000;

/**
 * Reads all records of a search, page by page; false where there are more than `maxRecords`, and then what was read is
 * of no use. A search that is too large costs one page and one count.
 */
export async function searchAtMost(
  { client, signal }: Looker,
  search: Pick<QpsSearch, 'product' | 'object' | 'verbose'> & { criteria: readonly QpsCriterion[] },
  maxRecords: number,
  take: (page: readonly QpsRecord[]) => void,
): Promise<boolean> {
  const { product, object, criteria } = search;
  let read = 0;
  for await (const page of client.qpsSearch({ ...search, pageSize: PAGE_SIZE, signal })) {
    read += page.length;
    if (read > maxRecords) return false;
    if (read === PAGE_SIZE) {
      const Criteria = criteria.map(({ field, operator, value }) => ({ field, operator, value: String(value) }));
      const filters = criteria.length === 0 ? {} : { request: { filters: { Criteria } } };
      const { count } = await client.qps({ product, verb: 'count', object, ...filters, signal });
      if (count === undefined || count > maxRecords) return false;
    }
    take(page);
  }
  return true;
}
