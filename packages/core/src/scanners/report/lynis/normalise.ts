import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { Severity } from '../../../model/severity.js';
import { aliasList, cveNames } from '../../normalise.js';

/** Before version 2 a warning carried one of three levels; since then Lynis rates nothing. */
const OLD_LEVELS: Record<string, Severity> = { L: 'low', M: 'medium', H: 'high' };

export interface LynisNote {
  test: string;
  message: string;
  level: string | undefined;
  /** The thing the note is about, such as a setting. */
  details: string | undefined;
  solution: string | undefined;
}

const said = (field: string | undefined): string | undefined => {
  const text = field?.trim();
  return text === undefined || text === '' || text === '-' ? undefined : text;
};

/** `TEST|message|details|solution|`, or `TEST|L|message|` of old. Throws `SCANGATE_REPORT_SHAPE` when the first two are missing. */
export function noteOf(key: string, value: string): LynisNote {
  const fields = value.split('|');
  const test = said(fields[0]);
  const old = Object.hasOwn(OLD_LEVELS, fields[1] ?? '') && said(fields[2]) !== undefined;
  const [message, details, ...solution] = old ? fields.slice(2) : fields.slice(1);
  const text = said(message);
  if (test === undefined || text === undefined) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${key}: "${excerpt(value)}" has no test id or no message`);
  }
  return {
    test,
    message: text,
    level: old ? fields[1] : undefined,
    details: said(details),
    solution: said(solution.join('|').replace(/\|+$/, '')),
  };
}

/** `url:` and `text:` say what a solution is; a solution without either is text. */
function solutionOf(solution: string | undefined): { link: string | undefined; text: string | undefined } {
  const [, kind, rest] = /^(url|text):\s*([\s\S]*)$/i.exec(solution ?? '') ?? [];
  if (kind?.toLowerCase() === 'url') return { link: rest, text: undefined };
  return { link: undefined, text: rest ?? solution };
}

/**
 * A warning is a control that is not met; a suggestion is advice, and counts only where the policy names information.
 * Several notes of one test differ by their details or, where there are none, by their message.
 */
export function noteFinding(kind: 'warning' | 'suggestion', note: LynisNote, host: string | undefined): RawFinding {
  const { link, text } = solutionOf(note.solution);
  const advice = kind === 'suggestion' ? note.message : undefined;
  return {
    vulnerability: {
      source: 'lynis',
      id: note.test,
      title: note.message,
      aliases: [],
      links: link === undefined ? undefined : [link],
    },
    kind: kind === 'warning' ? 'control' : 'information',
    severity: OLD_LEVELS[note.level ?? ''] ?? 'unknown',
    vendorSeverity: note.level ?? kind,
    location: { kind: 'control', control: note.test, subject: host, instance: note.details ?? note.message },
    remediation: text ?? advice,
    evidence: note.details,
  };
}

/** `name`, `name,version`, `name|version|` or `name|cve=...|`: the package managers' words differ. */
export function packageFinding(value: string, host: string | undefined): RawFinding {
  const fields = value.split(/[|,]/).map((field) => field.trim());
  const name = said(fields[0]);
  if (name === undefined)
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `vulnerable_package[]: "${excerpt(value)}" names no package`);
  const cves = cveNames(value);
  const version = fields.slice(1).find((field) => /^\d/.test(field));
  return {
    vulnerability: {
      source: 'lynis',
      id: 'vulnerable_package',
      title: `vulnerable package ${name}`,
      aliases: cves.length > 0 ? aliasList('vulnerable_package', cves) : undefined,
    },
    kind: 'confirmed',
    severity: 'unknown',
    vendorSeverity: 'vulnerable_package',
    location: { kind: 'package', name, version, artifact: host },
    remediation: `Update ${name}.`,
  };
}
