/** IPv4 addresses and ranges in the words of FO calls. */

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

export interface AddressRange {
  readonly from: number;
  readonly to: number;
}

const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$/;

/** `192.0.2.1` or `192.0.2.1-192.0.2.9`; nothing for anything else. */
export function addressRange(text: string): AddressRange | undefined {
  const [first = '', last = first, ...more] = text.split('-').map((part) => part.trim());
  if (more.length > 0 || !ADDRESS.test(first) || !ADDRESS.test(last)) return undefined;
  const range = { from: numberOf(first), to: numberOf(last) };
  return range.from <= range.to ? range : undefined;
}

export const isInRanges = (ip: string, ranges: readonly AddressRange[]): boolean =>
  ranges.some(({ from, to }) => numberOf(ip) >= from && numberOf(ip) <= to);

/** A test for the addresses that a parameter lists; every address passes when there is none. */
export function addressTest(parameter: string | null): (ip: string) => boolean {
  if (parameter === null) return () => true;
  const ranges = parameter.split(',').flatMap((part) => addressRange(part) ?? []);
  return (ip) => isInRanges(ip, ranges);
}

/** Every address of the ranges. */
export function addressesIn(ranges: readonly AddressRange[]): readonly string[] {
  const found = new Set<number>();
  for (const { from, to } of ranges) for (let number = from; number <= to; number++) found.add(number);
  return [...found]
    .sort((a, b) => a - b)
    .map((number) => [24, 16, 8, 0].map((by) => (number / 2 ** by) & 255).join('.'));
}
