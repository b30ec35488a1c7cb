const MARK = '[redacted]';

/** Shorter values would tear ordinary text apart, and are no secrets. */
const MIN_SECRET_CHARS = 4;

export type Redact = (text: string) => string;

/**
 * Replaces secrets by value, whatever field they turn up in: as they are, base64 (at each of the three alignments),
 * URL-encoded, and escaped for JSON or XML.
 */
export function createRedact(secrets: Iterable<string | undefined>): Redact {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret === undefined || secret.length < MIN_SECRET_CHARS) continue;
    for (const form of formsOf(secret)) if (form.length >= MIN_SECRET_CHARS) forms.add(form);
  }
  if (forms.size === 0) return (text) => text;
  // The longest first, so that a form that holds another is taken whole.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const pattern = new RegExp(longestFirst.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
  const shortest = longestFirst.at(-1)?.length ?? 0;
  return (text) => (text.length < shortest ? text : text.replace(pattern, MARK));
}

/** A plain value with every text in it redacted; the value itself where there is nothing to redact. */
export function redactValue<T>(value: T, redact: Redact): T {
  if (typeof value === 'string') return redact(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  // Nothing is copied before there is something to redact: this runs for every finding.
  let next: Record<string, unknown> | undefined;
  const members = value as Record<string, unknown>;
  for (const key of Object.keys(members)) {
    const member = members[key];
    if (typeof member !== 'string' && typeof member !== 'object') continue;
    const clean = redactValue(member, redact);
    if (clean === member) continue;
    next ??= (Array.isArray(value) ? [...value] : { ...members }) as Record<string, unknown>;
    next[key] = clean;
  }
  return (next ?? value) as T;
}

function formsOf(secret: string): string[] {
  const encoded = encodeURIComponent(secret.toWellFormed());
  const xml = secret.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
  return [
    secret,
    encoded,
    encoded.replace(/%20/g, '+'),
    encoded.toLowerCase(),
    JSON.stringify(secret).slice(1, -1),
    xml,
    ...[0, 1, 2].flatMap((shift) => base64At(secret, shift)),
  ];
}

/** The characters of the base64 text that depend on the secret alone when `shift` bytes stand before it. */
function base64At(secret: string, shift: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret, 'utf8')]);
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const start = shift === 0 ? 0 : shift + 1;
  const end = bytes.length % 3 === 0 ? whole.length : whole.length - 1;
  const inner = whole.slice(start, end);
  return [inner, inner.replace(/\+/g, '-').replace(/\//g, '_')];
}
