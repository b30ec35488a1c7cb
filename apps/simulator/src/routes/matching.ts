import { compileFilter } from '../criteria.js';
import type { Searched } from '../paging.js';
import type { Context } from '../router.js';
import { invalid, readServiceRequest } from '../service-request.js';

/** The records that a deletion's filter names. Throws InvalidRequest when there is no filter: it would name all. */
export function matching<T>(context: Context, searched: Searched<T>): readonly T[] {
  const request = readServiceRequest(context.call);
  if (request.criteria.length === 0) throw invalid('A filter is required.', 'Specify at least one criteria.');
  const filter = compileFilter(searched.rules, request.criteria);
  return [...searched.all(request, 0)].filter((record) => filter.matches(record));
}
