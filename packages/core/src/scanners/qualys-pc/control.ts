import { excerpt, ScangateError } from '../../errors.js';
import type { RawFinding } from '../../model/finding.js';
import { type Severity, severityOfLevel } from '../../model/severity.js';
import { child, childrenOf, textAt, type XmlElement } from '../../wire/xml.js';
import { catalogueText, evidenceOf, platformTime } from '../qualys-words.js';
import type { Named } from './details.js';
import { type ExceptionVerdict, exceptionOf } from './exception.js';
import { type ControlText, type Glossary, valuesOf } from './glossary.js';

/**
 * Controls have numbers of their own: 1045 is a control and, elsewhere, a QID. A selector by QID must not meet them.
 */
const SOURCE = 'qualys-control';

export type ResultWord = 'passed' | 'failed' | 'error' | 'excepted' | 'unknown';

/** `PassedE`: the platform's word for what an approved exception lets pass. */
const WORDS: Readonly<Record<string, ResultWord>> = {
  passed: 'passed',
  failed: 'failed',
  error: 'error',
  passede: 'excepted',
};

/** One control on one host, for one technology and instance. */
export interface ControlResult {
  hostId: string;
  controlId: string;
  word: ResultWord;
  /** In the platform's word. */
  status: string;
  exception: ExceptionVerdict;
  evaluatedMs?: number | undefined;
  element: XmlElement;
}

/** Reads an `INFO`. Throws `SCANGATE_REPORT_SHAPE` where it does not say what it is about, or nothing of the result. */
export function controlResult(info: XmlElement, nowMs: number): ControlResult {
  const controlId = requiredId(info, 'CONTROL_ID');
  const status = textAt(info, 'STATUS');
  if (status === undefined) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `the result of control ${controlId} has no STATUS`);
  }
  const evaluated = platformTime(textAt(info, 'EVALUATION_DATE'));
  const key = status.toLowerCase();
  return {
    hostId: requiredId(info, 'HOST_ID'),
    controlId,
    word: Object.hasOwn(WORDS, key) ? (WORDS[key] ?? 'unknown') : 'unknown',
    status,
    exception: exceptionOf(child(info, 'EXCEPTION'), nowMs),
    evaluatedMs: evaluated === undefined ? undefined : Date.parse(evaluated),
    element: info,
  };
}

function requiredId(info: XmlElement, name: string): string {
  const digits = /^0*([1-9]\d{0,14})$/.exec(textAt(info, name) ?? '')?.[1];
  if (digits !== undefined) return digits;
  throw new ScangateError(
    'SCANGATE_REPORT_SHAPE',
    `INFO.${name}: expected a number, got "${excerpt(textAt(info, name) ?? '', 30)}"`,
  );
}

export interface Place {
  policy: Named;
  /** Name of the host. */
  subject: string;
  glossary: Glossary;
  /** Controls that the configuration leaves out. */
  excluded: ReadonlySet<string>;
}

/**
 * The finding of a result; none for a control that is met. One that passes only by an exception, or that the
 * configuration leaves out, is a finding that is set aside: it stays visible.
 */
export function controlFinding(result: ControlResult, place: Place): RawFinding | undefined {
  const { word, status, controlId, element } = result;
  if (word === 'passed' && result.exception.kind !== 'set aside') return undefined;
  const ignored = ignoredOf(result, place);
  const { policy, subject, glossary } = place;
  const control = glossary.controls.get(controlId);
  const technologyId = textAt(element, 'TECHNOLOGY_ID') ?? '';
  const instance = textAt(element, 'INSTANCE');
  const technology = glossary.technologies.get(technologyId) ?? (technologyId && `technology ${technologyId}`);
  const label = control?.label ?? control?.value;
  return {
    vulnerability: { source: SOURCE, id: controlId, title: control?.statement ?? `Control ${controlId}` },
    kind: 'control',
    severity: severityOf(control),
    vendorSeverity: label,
    ignored,
    state: status,
    firstSeen: platformTime(textAt(element, 'FIRST_FAIL_DATE')),
    lastSeen: platformTime(textAt(element, 'EVALUATION_DATE')) ?? platformTime(textAt(element, 'LAST_FAIL_DATE')),
    // The place alone would make one of what two policies, or two technologies, say of the same control.
    identity: JSON.stringify([policy.id, subject, controlId, technologyId, instance ?? '']),
    location: {
      kind: 'control',
      control: controlId,
      subject,
      instance: [technology, instance].filter((part) => part !== undefined && part !== '').join(', ') || undefined,
    },
    description: `Policy ${policy.name} (${policy.id})`,
    impact: control?.rationales[technologyId] ?? control?.rationales[''],
    remediation: catalogueText(textAt(element, 'REMEDIATION')),
    evidence: evidenceOf(evidenceText(element, glossary)),
  };
}

function ignoredOf({ exception, word, controlId, status }: ControlResult, { excluded }: Place): RawFinding['ignored'] {
  if (excluded.has(controlId)) return { reason: 'left out by controls.exclude of the target' };
  if (exception.kind === 'set aside') return { reason: exception.reason };
  return word === 'excepted' && exception.kind === 'none' ? { reason: `an exception (${status})` } : undefined;
}

const LABELS: Readonly<Record<string, number>> = { MINIMAL: 1, MEDIUM: 2, SERIOUS: 3, CRITICAL: 4, URGENT: 5 };

/**
 * A subscription may rename the labels, so the number counts where the label is not known. Where both are known and
 * disagree nobody can tell which one holds. Some versions number the lowest label 0.
 */
export function severityOf(control: Pick<ControlText, 'label' | 'value'> | undefined): Severity {
  const key = control?.label?.toUpperCase() ?? '';
  const byLabel = Object.hasOwn(LABELS, key) ? LABELS[key] : undefined;
  const value = control?.value;
  if (byLabel === undefined) return severityOfLevel(value);
  const isSame = value === undefined || value === String(byLabel) || (byLabel === 1 && value === '0');
  return isSame ? severityOfLevel(byLabel) : 'unknown';
}

/** What was found, and what was expected. The scanned host writes these texts. */
function evidenceText(info: XmlElement, glossary: Glossary): string {
  const cause = child(info, 'CAUSE_OF_FAILURE');
  const evidence = child(info, 'EVIDENCE');
  const found = childrenOf(child(evidence, 'DPV_LIST'), 'DPV').flatMap((value) => [
    ...valuesOf(value),
    ...childrenOf(value, 'ERROR').map(({ text }) => `error: ${text.trim()}`),
  ]);
  const labels = (textAt(evidence, 'BOOLEAN_EXPR') ?? '').match(/[$#](?:tp|fv)_\w+/g) ?? [];
  const expected = [...new Set(labels)].map((label) => glossary.values.get(label)).filter((text) => text !== undefined);
  return [
    ['Found', found],
    ['Expected', expected],
    ['Unexpected', valuesOf(child(cause, 'UNEXPECTED'))],
    ['Missing', valuesOf(child(cause, 'MISSING'))],
  ]
    .map(([name, values]) => (values?.length ? `${name as string}: ${(values as string[]).join(', ')}` : ''))
    .filter((line) => line !== '')
    .join('\n');
}
