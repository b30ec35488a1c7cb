import { excerpt } from '../../errors.js';
import { textAt, type XmlElement } from '../../wire/xml.js';
import { platformTime } from '../qualys-words.js';

/**
 * What an exception on the platform does to the result of a control. Only one that was approved and has not ended sets
 * it aside.
 */
export type ExceptionVerdict =
  | { kind: 'none' }
  | { kind: 'set aside'; reason: string }
  /** Asked for, refused, or over: the result counts. */
  | { kind: 'without effect'; shown: string }
  /** Nobody can tell whether it holds: the result counts, and that is said. */
  | { kind: 'unclear'; shown: string };

const WITHOUT_EFFECT = new Set(['pending', 'rejected', 'expired']);
const ENDLESS = new Set(['', '0', 'never', 'n/a', 'na', 'none', 'no end date', 'not set', '-']);

/** Reads `EXCEPTION`. https://docs.qualys.com/en/vm/api/pc/exceptions/ (read 2026-11-23). */
export function exceptionOf(exception: XmlElement | undefined, nowMs: number): ExceptionVerdict {
  if (!exception) return { kind: 'none' };
  const status = textAt(exception, 'STATUS') ?? '';
  const word = status.toLowerCase();
  if (WITHOUT_EFFECT.has(word)) return { kind: 'without effect', shown: status };
  if (word !== 'approved') return { kind: 'unclear', shown: `exception with the status "${excerpt(status, 30)}"` };
  const end = textAt(exception, 'END_DATE') ?? '';
  if (ENDLESS.has(end.toLowerCase())) return setAside(exception, 'without an end');
  const endMs = endOf(end);
  if (endMs === undefined) return { kind: 'unclear', shown: `exception that ends "${excerpt(end, 30)}"` };
  return endMs > nowMs ? setAside(exception, `until ${end}`) : { kind: 'without effect', shown: `ended ${end}` };
}

function setAside(exception: XmlElement, until: string): ExceptionVerdict {
  const by = textAt(exception, 'MODIFIED_BY') ?? textAt(exception, 'ASSIGNEE') ?? textAt(exception, 'CREATED_BY');
  const comment = textAt(exception, 'COMMENT_LIST', 'COMMENT', 'TEXT');
  const who = by === undefined ? '' : ` by ${excerpt(by)}`;
  return {
    kind: 'set aside',
    reason: `exception approved${who}, ${until}${comment === undefined ? '' : `: ${excerpt(comment, 200)}`}`,
  };
}

/** A time with its zone, a day (`2031-02-03`, to its end), or the vendor's `02/03/2031`. */
function endOf(text: string): number | undefined {
  const time = platformTime(text);
  if (time !== undefined) return Date.parse(time);
  const [, month, day, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
  const iso = /^\d{4}-\d\d-\d\d$/.test(text)
    ? text
    : year === undefined
      ? undefined
      : `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  const ms = iso === undefined ? Number.NaN : Date.parse(`${iso}T23:59:59Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
