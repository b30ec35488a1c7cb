const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;

/** The first characters, never half a surrogate pair. */
function head(text: string, length: number): string {
  const end = length > 0 && isHighSurrogate(text.charCodeAt(length - 1)) ? length - 1 : length;
  return text.slice(0, end);
}

/**
 * The text, or its beginning with a visible note when it is longer than `maxChars`. The note counts towards the limit.
 */
export function shorten(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const note = (cut: number): string => `... (cut, ${cut} characters)`;
  const room = maxChars - note(text.length).length;
  if (room <= 0) return head(text, Math.max(0, maxChars));
  const kept = head(text, room);
  return kept + note(text.length - kept.length);
}

const UNEVEN = /[^\S ]| {2}|^ | $/;

/** Line ends and runs of blanks as one blank. */
export const oneLine = (text: string): string => (UNEVEN.test(text) ? text.replace(/\s+/g, ' ').trim() : text);
