import { serviceError } from '../envelopes/qps.js';
import type { Answer } from '../http/call.js';
import type { Context, Route } from '../router.js';
import { InvalidRequest, invalid } from '../service-request.js';

/** A route of the QPS family; what it throws as InvalidRequest becomes the family's error. */
export function qpsRoute(
  methods: readonly string[],
  pattern: string,
  schema: string,
  answer: (context: Context) => Answer,
): Route {
  return {
    name: `${methods.join('|')} ${pattern}`,
    family: 'qps',
    hosts: ['api', 'gateway'],
    methods,
    pattern,
    answer: (context) => {
      try {
        return answer(context);
      } catch (error) {
        if (error instanceof InvalidRequest) return serviceError(context.world, context.call, schema, error.error);
        throw error;
      }
    },
  };
}

/** The `:id` of the path. Throws InvalidRequest when it is no number. */
export function pathId(context: Context): number {
  const id = context.path.id ?? '';
  if (!/^\d+$/.test(id)) throw invalid(`Invalid value format for 'id' (${id}).`, 'Specify the id as Long.');
  return Number(id);
}

export function notFound(what: string, id: number): InvalidRequest {
  return new InvalidRequest({
    code: 'NOT_FOUND',
    message: `id: Object with given id (${id}) doesn't exist.`,
    resolution: `Specify the id of an existing ${what}.`,
  });
}
