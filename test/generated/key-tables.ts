interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  const?: unknown;
  enum?: unknown[];
  type?: string;
  format?: string;
  description?: string;
  default?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
}

interface Section {
  title: string;
  schema: Schema;
}

/** One Markdown table for each object of a JSON Schema: key, form, default, meaning. */
export function keyTables(root: unknown): string[] {
  const schema = root as Schema;
  const sections: Section[] = [{ title: 'The file', schema }];
  const seen = new Set<Schema>();
  const parts: string[] = [];
  const resolved = (one: Schema): Schema =>
    one.$ref === undefined ? one : { ...schema.$defs?.[one.$ref.replace('#/$defs/', '')], ...withoutRef(one) };
  for (let index = 0; index < sections.length; index++) {
    const { title, schema: raw } = sections[index] as Section;
    const key = raw.$ref === undefined ? raw : ((schema.$defs?.[raw.$ref.replace('#/$defs/', '')] ?? raw) as Schema);
    if (seen.has(key)) continue;
    seen.add(key);
    for (const form of objectsIn(resolved(raw), resolved)) {
      const scanner = form.properties?.scanner?.const;
      parts.push(`## ${title}${scanner === undefined ? '' : `, scanner: ${String(scanner)}`}`, rowsOf(form, resolved));
      for (const [name, member] of Object.entries(form.properties ?? {})) {
        for (const inner of innerObjects(member, resolved))
          sections.push({ title: inner.title ?? titleOf(title, name), schema: inner.schema });
      }
    }
  }
  return parts;
}

const withoutRef = ({ $ref: _, ...rest }: Schema): Schema => rest;
const titleOf = (above: string, name: string): string => (above === 'The file' ? name : `${above}.${name}`);
const formsOf = (one: Schema): Schema[] => one.anyOf ?? one.oneOf ?? one.allOf ?? [one];

const objectsIn = (one: Schema, resolved: (one: Schema) => Schema): Schema[] =>
  formsOf(one)
    .map(resolved)
    .filter((form) => form.properties !== undefined);

function innerObjects(one: Schema, resolved: (one: Schema) => Schema): { title?: string; schema: Schema }[] {
  return formsOf(one).flatMap((form) => {
    const whole = resolved(form);
    if (whole.properties) return [{ schema: form.$ref === undefined ? whole : form }];
    if (whole.items) return objectsIn(resolved(whole.items), resolved).length > 0 ? [{ schema: whole.items }] : [];
    if (typeof whole.additionalProperties === 'object')
      return [{ title: 'targets.NAME', schema: whole.additionalProperties }];
    return whole === form ? [] : innerObjects(whole, resolved);
  });
}

function rowsOf(form: Schema, resolved: (one: Schema) => Schema): string {
  const rows = Object.entries(form.properties ?? {}).map(([name, member]) => {
    const whole = resolved(member);
    const needed =
      form.required?.includes(name) && whole.default === undefined
        ? 'needed'
        : whole.default === undefined
          ? ''
          : JSON.stringify(whole.default);
    return [
      `\`${name}\``,
      wordsOf(member, resolved),
      needed === 'needed' || needed === '' ? needed : `\`${needed}\``,
      whole.description ?? '',
    ];
  });
  return [
    '| Key | Form | Default | Meaning |',
    '| --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row.map((text) => text.replace(/\|/g, '\\|').replace(/</g, '&lt;')).join(' | ')} |`),
  ].join('\n');
}

function wordsOf(one: Schema, resolved: (one: Schema) => Schema, depth = 0): string {
  const whole = resolved(one);
  if (whole.const !== undefined) return `\`${String(whole.const)}\``;
  if (whole.enum) return whole.enum.map((word) => `\`${String(word)}\``).join(', ');
  const forms = whole.anyOf ?? whole.oneOf;
  if (forms) return [...new Set(forms.map((form) => wordsOf(form, resolved, depth + 1)))].join(', or ');
  if (whole.type === 'array') return `list of ${whole.items ? wordsOf(whole.items, resolved, depth + 1) : 'anything'}`;
  if (whole.type === 'integer' || whole.type === 'number') {
    const least = whole.minimum ?? whole.exclusiveMinimum;
    const bounds = [
      least === undefined || least < -1e9 ? undefined : `from ${least}`,
      whole.maximum === undefined || whole.maximum > 1e9 ? undefined : `to ${whole.maximum}`,
    ]
      .filter(Boolean)
      .join(' ');
    return `${whole.type === 'integer' ? 'whole number' : 'number'}${bounds === '' ? '' : ` ${bounds}`}`;
  }
  if (whole.type === 'boolean') return '`true`, `false`';
  if (whole.properties || typeof whole.additionalProperties === 'object') return 'keys below';
  return whole.type === 'string' ? 'text' : (whole.type ?? 'keys below');
}
