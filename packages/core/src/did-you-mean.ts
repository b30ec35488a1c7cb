import { distance } from 'fastest-levenshtein';

/** ` (did you mean "rules"?)` for the nearest known word, when one is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, apart: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, apart }) => apart <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.apart - b.apart)[0];
  return near ? ` (did you mean "${near.candidate}"?)` : '';
}
