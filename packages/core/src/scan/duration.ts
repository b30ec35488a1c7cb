const SECOND_MS = 1_000;

/** For people, two units at most: `45s`, `12m 30s`, `2h 5m`. */
export function showDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / SECOND_MS));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(`${minutes}m`, seconds % 60, 's');
  return joined(`${Math.floor(minutes / 60)}h`, minutes % 60, 'm');
}

const joined = (big: string, rest: number, unit: string): string => (rest === 0 ? big : `${big} ${rest}${unit}`);
