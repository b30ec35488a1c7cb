import * as z from 'zod';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** JSON Schema (draft 2020-12) of what a user writes. */
export const jsonSchemaOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;

/** Keys that may stand at the path, for "did you mean". The value chooses among forms by their `scanner`. */
export function knownKeysAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  const forms = formsAt(schema, path);
  const node = path.reduce<unknown>((here, step) => (here as Record<PropertyKey, unknown> | undefined)?.[step], value);
  const scanner = (node as { scanner?: unknown } | undefined)?.scanner;
  const chosen = forms.filter((one) => scanner !== undefined && constOf(one.properties?.scanner) === scanner);
  return [...new Set((chosen.length > 0 ? chosen : forms).flatMap((one) => Object.keys(one.properties ?? {})))];
}

/** The constant words that may stand at the path. */
export const knownWordsAt = (schema: z.ZodType, path: readonly PropertyKey[]): string[] =>
  formsAt(schema, path).flatMap((one) => (one.const === undefined ? [] : [String(one.const)]));

function formsAt(schema: z.ZodType, path: readonly PropertyKey[]): JsonSchema[] {
  const root = jsonSchemaOf(schema);
  let here: JsonSchema[] = [root];
  for (const step of path) here = here.flatMap((one) => stepsOf(one, root)).flatMap((one) => below(one, step));
  return here.flatMap((one) => stepsOf(one, root));
}

const constOf = (schema: unknown): unknown =>
  typeof schema === 'object' && schema !== null ? (schema as JsonSchema).const : undefined;

/** The schema with references resolved and its alternatives side by side. */
function stepsOf(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace(/^#\/\$defs\//, '');
    const target = schema.$ref === '#' ? root : root.$defs?.[name];
    return target === undefined ? [] : stepsOf(target as JsonSchema, root);
  }
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])] as JsonSchema[];
  return parts.length > 0 ? parts.flatMap((part) => stepsOf(part, root)) : [schema];
}

function below(schema: JsonSchema, step: PropertyKey): JsonSchema[] {
  const next =
    typeof step === 'number' ? schema.items : (schema.properties?.[String(step)] ?? schema.additionalProperties);
  return typeof next === 'object' && next !== null && !Array.isArray(next) ? [next as JsonSchema] : [];
}
