import { excerpt } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import { detach, Shelf } from '../../../wire/shelf.js';
import { child, walkXml, type XmlElement, type XmlRecord } from '../../../wire/xml.js';
import { checkHost, checkHostList, RefusedLogins } from '../../qualys-host.js';
import { unknownElement } from '../../qualys-words.js';
import type { ReportReader } from '../reader.js';
import { finding, type GlossaryEntry, glossaryEntry, type HeldDetection, heldDetection } from './normalise.js';
import { type ReadState, statement } from './statement.js';

const HOST = 'ASSET_DATA_REPORT/HOST_LIST/HOST';
const records = [
  HOST,
  `${HOST}/VULN_INFO_LIST/*`,
  'ASSET_DATA_REPORT/GLOSSARY/VULN_DETAILS_LIST/VULN_DETAILS',
  // One element for each host, and nothing in it that the hosts do not say.
  'ASSET_DATA_REPORT/RISK_SCORE_PER_HOST/HOSTS',
];
const skip = ['CORRELATION', 'BUGTRAQ_ID_LIST'];

/**
 * XML of a host based scan report (`asset_data_report.dtd`), as the portal and the report API write it.
 * https://docs.qualys.com/en/vm/qweb-all-api/ (read 2026-11-23).
 *
 * The severity of a detection stands in the glossary, so every detection is held until the report is over.
 */
export const qualysAssetData: ReportReader = {
  format: 'qualys-asset-data',
  title: 'Qualys VM host report (XML)',
  recognise: ({ root }) => root?.name === 'ASSET_DATA_REPORT',
  async *read({ chunks }) {
    const state: ReadState = {
      hosts: 0,
      failedHosts: [],
      detections: 0,
      refused: new RefusedLogins(),
      root: undefined,
    };
    const held = new Shelf<HeldDetection>();
    const glossary = new Map<string, GlossaryEntry>();
    for await (const batch of walkXml(chunks, { records, skip })) {
      for (const record of batch) take(record, state, held, glossary);
    }
    for (const batch of held.batches()) {
      const findings: RawFinding[] = batch.map((detection) => finding(detection, glossary.get(detection.qid)));
      for (const detection of findings) state.refused.note(detection);
      yield findings;
    }
    state.detections = held.count;
    return statement(state);
  },
};

function take(
  { element, scope }: XmlRecord,
  state: ReadState,
  held: Shelf<HeldDetection>,
  glossary: Map<string, GlossaryEntry>,
): void {
  const [root, section, host] = scope;
  if (!root) state.root = element;
  else if (element.name === 'HOST_LIST') checkHostList(element);
  else if (section?.name === 'HOST_LIST') takeHostPart(element, host, state, held);
  else if (element.name === 'VULN_DETAILS') {
    const [qid, entry] = detach(glossaryEntry(element));
    glossary.set(qid, entry);
  }
}

function takeHostPart(
  element: XmlElement,
  host: XmlElement | undefined,
  state: ReadState,
  held: Shelf<HeldDetection>,
): void {
  if (!host) {
    state.hosts++;
    const error = child(element, 'ERROR');
    if (error) state.failedHosts.push(detach(`${excerpt(child(element, 'IP')?.text ?? '?')} (${excerpt(error.text)})`));
    checkHost(element, 'VULN_INFO_LIST', 'VULN_INFO');
  } else if (element.name === 'VULN_INFO') held.append(heldDetection(element, host));
  else if (element.name !== 'VULN_INFO_LIST' || element.text.trim() !== '') throw unknownElement(element, host);
}
