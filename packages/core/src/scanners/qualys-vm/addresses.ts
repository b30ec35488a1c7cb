import { ipVersion } from '../../ip-version.js';

/** IPv4 addresses from one to another, both included, as numbers. */
export interface Span {
  from: number;
  to: number;
}

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const addressOf = (number: number): string => [24, 16, 8, 0].map((shift) => (number / 2 ** shift) & 255).join('.');

/** `192.0.2.1`, `192.0.2.1-192.0.2.20` or `192.0.2.0/24`; undefined for anything else. */
export function spanOf(text: string): Span | undefined {
  const [, network = '', bits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text.trim()) ?? [];
  if (ipVersion(network) === 4 && Number(bits) <= 32) {
    const size = 2 ** (32 - Number(bits));
    const from = Math.floor(numberOf(network) / size) * size;
    return { from, to: from + size - 1 };
  }
  const [first = '', last = first, ...more] = text.split('-').map((part) => part.trim());
  if (more.length > 0 || ipVersion(first) !== 4 || ipVersion(last) !== 4) return undefined;
  const [from, to] = [numberOf(first), numberOf(last)];
  return from <= to ? { from, to } : undefined;
}

export const spansOf = (texts: readonly string[]): Span[] =>
  merged(texts.map(spanOf).filter((span) => span !== undefined));

/** In order, touching ones joined. */
export function merged(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last && span.from <= last.to + 1) last.to = Math.max(last.to, span.to);
    else out.push({ ...span });
  }
  return out;
}

/** What of the first is not in the second. */
export function without(spans: readonly Span[], taken: readonly Span[]): Span[] {
  const out: Span[] = [];
  const holes = merged(taken);
  for (const { from, to } of merged(spans)) {
    let at = from;
    for (const hole of holes) {
      if (hole.to < at || hole.from > to) continue;
      if (hole.from > at) out.push({ from: at, to: hole.from - 1 });
      at = hole.to + 1;
    }
    if (at <= to) out.push({ from: at, to });
  }
  return out;
}

/** How many addresses there are. */
export const sizeOf = (spans: readonly Span[]): number => spans.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/** As the API takes them: single addresses, and ranges with a dash. */
export const textOf = ({ from, to }: Span): string =>
  from === to ? addressOf(from) : `${addressOf(from)}-${addressOf(to)}`;
