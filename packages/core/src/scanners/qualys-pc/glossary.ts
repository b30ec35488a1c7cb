import { detach } from '../../wire/shelf.js';
import { child, childrenOf, textAt, type XmlElement } from '../../wire/xml.js';
import { catalogueText } from '../qualys-words.js';
import { hostName, scannedMs } from './hosts.js';

/** What a posture says once of what its records name by id. */
export interface ControlText {
  statement?: string | undefined;
  label?: string | undefined;
  value?: string | undefined;
  /** By technology. */
  rationales: Record<string, string>;
}

export interface HostText {
  name?: string | undefined;
  scannedMs?: number | undefined;
}

/** The glossaries of all pages of one policy. */
export class Glossary {
  readonly hosts = new Map<string, HostText>();
  readonly controls = new Map<string, ControlText>();
  readonly technologies = new Map<string, string>();
  /** Expected values, by label: `$tp_7`, `#fv_2`. */
  readonly values = new Map<string, string>();

  add(glossary: XmlElement | undefined): void {
    for (const host of childrenOf(child(glossary, 'HOST_LIST'), 'HOST')) {
      put(this.hosts, textAt(host, 'ID'), { name: hostName(host), scannedMs: scannedMs(host) });
    }
    for (const control of childrenOf(child(glossary, 'CONTROL_LIST'), 'CONTROL')) {
      put(this.controls, textAt(control, 'ID'), controlText(control));
    }
    for (const technology of childrenOf(child(glossary, 'TECHNOLOGY_LIST'), 'TECHNOLOGY')) {
      put(this.technologies, textAt(technology, 'ID'), textAt(technology, 'NAME'));
    }
    for (const [list, one] of [
      ['TP_LIST', 'TP'],
      ['FV_LIST', 'FV'],
    ] as const) {
      for (const value of childrenOf(child(glossary, list), one)) {
        put(this.values, textAt(value, 'LABEL'), valuesOf(value).join(' | ') || undefined);
      }
    }
  }
}

/** The texts of the `V` in an element. */
export const valuesOf = (element: XmlElement | undefined): string[] =>
  childrenOf(element, 'V')
    .map(({ text }) => text.trim())
    .filter((text) => text !== '');

function put<T>(map: Map<string, T>, key: string | undefined, value: T | undefined): void {
  if (key !== undefined && value !== undefined && !map.has(key)) map.set(detach(key), detach(value));
}

function controlText(control: XmlElement): ControlText {
  const rationales: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const rationale of childrenOf(child(control, 'RATIONALE_LIST'), 'RATIONALE')) {
    const text = catalogueText(textAt(rationale, 'TEXT'));
    if (text !== undefined) rationales[textAt(rationale, 'TECHNOLOGY_ID') ?? ''] = text;
  }
  return {
    statement: catalogueText(textAt(control, 'STATEMENT')),
    label: textAt(control, 'CRITICALITY', 'LABEL'),
    value: textAt(control, 'CRITICALITY', 'VALUE'),
    rationales,
  };
}
