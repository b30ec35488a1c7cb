/**
 * The filters of Container Security: `field:value` joined by `and` and `or` (`and` binds more tightly), with
 * parentheses. A value is a bare word, "a phrase" that the field contains, `an exact text` between back quotes, or a
 * range of dates such as `[now-600s ... now]`. A field that is not known is an error, as on the platform.
 */
export class BadFilter extends Error {}

/** The values of a field of a record: texts, or times. */
export type Fields<T> = Readonly<Record<string, (record: T) => readonly (string | number | undefined)[]>>;

type Test<T> = (record: T) => boolean;

const TOKEN = /\s*(\(|\)|(?:and|or)\b(?!:)|[\w.]+\s*:\s*(?:"[^"]*"|`[^`]*`|\[[^\]]*\]|[^\s()]+))/iy;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) throw new BadFilter(`Invalid filter near ${text.slice(at, at + 20)}`);
    tokens.push(found[1] ?? '');
    at = TOKEN.lastIndex;
  }
  return tokens;
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function instant(text: string, now: number): number {
  const [, digits, unit] = /^now(?:-(\d+)([smhd]))?$/.exec(text.trim()) ?? [];
  if (digits !== undefined) return now - Number(digits) * UNITS[unit as keyof typeof UNITS];
  const time = text.trim() === 'now' ? now : Date.parse(text);
  if (Number.isNaN(time)) throw new BadFilter(`Invalid date ${text}`);
  return time;
}

function comparison<T>(token: string, fields: Fields<T>, now: number): Test<T> {
  const colon = token.indexOf(':');
  const name = token.slice(0, colon).trim();
  const value = token.slice(colon + 1).trim();
  if (!Object.hasOwn(fields, name)) throw new BadFilter(`Unknown field ${name}`);
  const read = fields[name] as Fields<T>[string];
  if (value.startsWith('[')) {
    const [from = '', to = ''] = value.slice(1, -1).split('...');
    const [least, most] = [instant(from, now), instant(to, now)];
    return (record) => read(record).some((one) => typeof one === 'number' && one >= least && one <= most);
  }
  const bare = value.replace(/^["`]|["`]$/g, '').toLowerCase();
  const texts = (record: T): string[] =>
    read(record).flatMap((one) => (one === undefined ? [] : [String(one).toLowerCase()]));
  if (value.startsWith('"')) return (record) => texts(record).some((one) => one.includes(bare));
  return (record) => texts(record).includes(bare);
}

export function readFilter<T>(text: string, fields: Fields<T>, now: number): Test<T> {
  const tokens = tokensOf(text);
  let at = 0;
  const isWord = (word: string): boolean => tokens[at]?.toLowerCase() === word;
  const single = (): Test<T> => {
    const token = tokens[at++];
    if (token === undefined) throw new BadFilter('The filter ends in the middle');
    if (token !== '(') return comparison(token, fields, now);
    const inner = either();
    if (tokens[at++] !== ')') throw new BadFilter('A parenthesis is not closed');
    return inner;
  };
  const both = (): Test<T> => {
    const tests = [single()];
    while (isWord('and')) {
      at++;
      tests.push(single());
    }
    return (record) => tests.every((test) => test(record));
  };
  const either = (): Test<T> => {
    const tests = [both()];
    while (isWord('or')) {
      at++;
      tests.push(both());
    }
    return (record) => tests.some((test) => test(record));
  };
  const whole = either();
  if (at < tokens.length) throw new BadFilter(`Unexpected ${tokens[at]}`);
  return whole;
}
