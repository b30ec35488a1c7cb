/** QIDs as closed intervals, never expanded. */
export type Interval = readonly [from: number, to: number];

/** Reads `7`, `10-20` and comma lists of them, with blanks anywhere. The caller has checked the form. */
export function rangesOf(value: number | string): Interval[] {
  if (typeof value === 'number') return [[value, value]];
  return value.split(',').map((part) => {
    const [from = '', to = from] = part.split('-');
    return [Number(from.trim()), Number(to.trim())] as const;
  });
}

export const isWithin = (intervals: readonly Interval[], value: number): boolean =>
  intervals.some(([from, to]) => value >= from && value <= to);
