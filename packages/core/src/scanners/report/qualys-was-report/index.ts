import type { RawFinding } from '../../../model/finding.js';
import { detach, Shelf } from '../../../wire/shelf.js';
import { child, childrenOf, textAt, walkXml, type XmlElement, type XmlRecord } from '../../../wire/xml.js';
import { timeReader, unknownElement } from '../../qualys-words.js';
import type { ReportReader } from '../reader.js';
import { finding, type GlossaryEntry, glossaryEntry, type HeldResult, heldResult, LISTS } from './normalise.js';
import { type ReadState, statement } from './statement.js';

const ROOTS = ['WAS_SCAN_REPORT', 'WAS_WEBAPP_REPORT'];
/** Request headers may hold credentials, and bodies are most of a report: nothing of them is used. */
const skip = ['HEADERS', 'BODY', 'RESPONSE'];

const records = ROOTS.flatMap((root) => [
  `${root}/RESULTS/*/*`,
  `${root}/RESULTS/WEB_APPLICATION`,
  `${root}/RESULTS/WEB_APPLICATION/*/*`,
  `${root}/GLOSSARY/QID_LIST/QID`,
]);

/**
 * XML report of Qualys Web Application Scanning, of scans or of web applications, as the portal and
 * `create/was/report` write it. https://docs.qualys.com/en/was/api/report_creation/ (read 2026-11-23).
 *
 * The severity of a result stands in the glossary at the end, so every result is held until the report is over.
 * One finding for each element of a list: each has its own UNIQUE_ID.
 */
export const qualysWasReport: ReportReader = {
  format: 'qualys-was-report',
  title: 'Qualys WAS report (XML)',
  recognise: ({ root }) => root !== undefined && ROOTS.includes(root.name),
  async *read({ chunks }) {
    const state: ReadState = {
      counts: new Map(),
      timeOf: timeReader(),
      webApps: 0,
      lastSeen: undefined,
      root: undefined,
    };
    const held = new Shelf<HeldResult>();
    const glossary = new Map<string, GlossaryEntry>();
    for await (const batch of walkXml(chunks, { records, skip })) {
      for (const record of batch) take(record, state, held, glossary);
    }
    const webAppUrl = onlyUrl(state.root);
    for (const batch of held.batches()) {
      const findings: RawFinding[] = batch.map((result) => finding(result, glossary.get(result.qid), webAppUrl));
      yield findings;
    }
    return statement(state);
  },
};

function take(
  { element, scope }: XmlRecord,
  state: ReadState,
  held: Shelf<HeldResult>,
  glossary: Map<string, GlossaryEntry>,
): void {
  const parent = scope.at(-1);
  if (!parent) state.root = element;
  else if (scope[1]?.name === 'RESULTS') takeResult(element, parent, state, held);
  else if (parent.name === 'QID_LIST') {
    const [qid, entry] = detach(glossaryEntry(element));
    glossary.set(qid, entry);
  } else if (element.name === 'RESULTS') checkResults(element);
}

/** An element of a list, or a list or web application that closes, emptied of its results. */
function takeResult(element: XmlElement, parent: XmlElement, state: ReadState, held: Shelf<HeldResult>): void {
  const list = LISTS.get(parent.name);
  if (list) {
    if (!list.elements.includes(element.name)) throw unknownElement(element, parent);
    const result = heldResult(element, list.kind, state.timeOf);
    state.counts.set(list.kind, (state.counts.get(list.kind) ?? 0) + 1);
    if ((result.part.lastSeen ?? '') > (state.lastSeen ?? '')) state.lastSeen = detach(result.part.lastSeen);
    held.append(result);
  } else if (LISTS.has(element.name) || element.name === 'WEB_APPLICATION') {
    if (element.text.trim() !== '') throw unknownElement(element, parent);
    if (element.name === 'WEB_APPLICATION') state.webApps++;
  } else if (/_LIST$/.test(element.name) || child(element, 'QID')) throw unknownElement(element, parent);
}

/** Results stand in lists; one that stands elsewhere would be a finding that nobody counts. */
function checkResults(results: XmlElement): void {
  const unknown = results.children.find(({ name }) => !LISTS.has(name));
  if (unknown || results.text.trim() !== '') throw unknownElement(unknown ?? results, results);
}

/** The address of the web application, for results that name none, where the report is about one alone. */
function onlyUrl(root: XmlElement | undefined): string | undefined {
  const webApps = childrenOf(child(root, 'APPENDIX'), 'WEBAPP');
  return webApps.length === 1 ? textAt(webApps[0], 'URL') : undefined;
}
