/*
 * A reader of job logs, written from GitLab's page on collapsible sections alone and not from our writer: a mark is
 * `section_start:TIME:NAME[options]` or `section_end:TIME:NAME`, closed by a carriage return and `ESC[0K`.
 */
export interface LogSection {
  name: string;
  title: string;
  isCollapsed: boolean;
  lines: string[];
}

const CLEAR = `${String.fromCharCode(0x1b)}[0K`;
const clear = CLEAR.replace('[', String.raw`\[`);
/** Found anywhere in a line, as GitLab finds it. */
const MARK = new RegExp(String.raw`section_(start|end):(\d+):([A-Za-z0-9_.-]+)(\[[^\]]*\])?\r(?:${clear})?`, 'g');
const HALF_MARK = /section_(?:start|end):/;
const MARK_BEGINNING = new RegExp(String.raw`^${clear}section_(?:start|end):\d+:`);
const PIECE = new RegExp(
  String.raw`^(?:${clear}section_(?:start|end):\d+:[A-Za-z0-9_.-]+(?:\[collapsed=true\])?(?:\r(?=${clear})|$))?(?:${clear})?\P{Cc}*$`,
  'u',
);

/** Throws on nested, crossing and unended sections, on a mark that is not whole, and on other control characters. */
export function parseLog(text: string): { outside: string[]; sections: LogSection[] } {
  const outside: string[] = [];
  const sections: LogSection[] = [];
  let open: LogSection | undefined;
  for (const line of text.split('\n')) {
    const marks = [...line.matchAll(MARK)];
    const rest = line.replace(MARK, '').replaceAll(CLEAR, '');
    if (marks.length > 1 || HALF_MARK.test(rest) || /\p{Cc}/u.test(rest)) throw new Error(`unreadable: ${line}`);
    const [mark] = marks;
    if (mark === undefined) {
      (open?.lines ?? outside).push(rest);
      continue;
    }
    const [, kind, , name = '', options = ''] = mark;
    if (kind === 'start') {
      if (open) throw new Error(`${name} begins within ${open.name}`);
      open = { name, title: rest, isCollapsed: options === '[collapsed=true]', lines: [] };
    } else {
      if (open?.name !== name || rest !== '') throw new Error(`${name} ends what is not open`);
      sections.push(open);
      open = undefined;
    }
  }
  if (open) throw new Error(`${open.name} has no end`);
  return { outside, sections };
}

/** Whether this is a line of our log, or one of the two halves into which a carriage return cuts a mark. */
export const isLogPiece = (piece: string): boolean =>
  PIECE.test(piece) && !HALF_MARK.test(piece.replace(MARK_BEGINNING, ''));
