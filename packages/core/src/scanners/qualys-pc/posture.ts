import { excerpt, ScangateError } from '../../errors.js';
import { sameOrigin } from '../../http/index.js';
import type { FoPage, FormFields, QualysClient } from '../../qualys/types.js';
import { child, childrenOf, textAt, type XmlElement } from '../../wire/xml.js';
import { unknownElement } from '../qualys-words.js';
import type { ScanServices } from '../scanner.js';

const PATH = '/api/2.0/fo/compliance/posture/info/';
const ROOT = 'POSTURE_INFO_LIST_OUTPUT';
/** An answer for one policy has its parts in RESPONSE; one for several has them in a POLICY each. */
const RECORDS = [`${ROOT}/RESPONSE/INFO_LIST/INFO`, `${ROOT}/RESPONSE/POLICY/INFO_LIST/INFO`];
/** What the platform itself sends on one page. */
const PAGE_SIZE = 5000;
const TRUNCATED = '1980';

export interface PosturePage {
  /** `INFO`: one control, on one host, for one technology and instance. */
  records: XmlElement[];
  summary: XmlElement | undefined;
  glossary: XmlElement | undefined;
  /** What the platform warns of, other than that the list goes on. */
  warnings: string[];
}

/**
 * The posture of hosts in one policy, page by page. Nothing is left to the platform to filter but the hosts: what is
 * counted has to be seen.
 * https://docs.qualys.com/en/vm/api/pc/get_posture_info.htm and the vendor's connector for Splunk (read 2026-11-23).
 *
 * The next page is asked for as the first one was, from the id in its address on: the address answers a POST, and need
 * not repeat all of it. It must be on the API server and the same path, and lead further.
 */
export async function* posturePages(
  policyId: string,
  hostIds: readonly string[],
  services: ScanServices,
): AsyncGenerator<PosturePage, void, undefined> {
  const client = services.qualys();
  const fields: FormFields = {
    action: 'list',
    policy_id: policyId,
    host_ids: hostIds.join(','),
    output_format: 'xml',
    details: 'All',
    cause_of_failure: true,
    show_remediation_info: true,
    truncation_limit: PAGE_SIZE,
  };
  let idMin: number | undefined;
  for (;;) {
    const page = await onePage(client, { ...fields, id_min: idMin }, services);
    checkIds(page, idMin, policyId);
    const section = sectionOf(page, policyId);
    const warnings = [...childrenOf(page.response, 'WARNING'), ...childrenOf(section, 'WARNING')].concat(
      childrenOf(child(section, 'WARNING_LIST'), 'WARNING'),
    );
    yield {
      records: page.records.map(({ element }) => element),
      summary: child(section, 'SUMMARY'),
      glossary: child(section, 'GLOSSARY'),
      warnings: [...new Set(warnings)].filter((warning) => !isTruncation(warning)).map(warningText),
    };
    const next = nextPage(warnings, client.urls.api, policyId);
    if (next === undefined) return;
    if (idMin !== undefined && next <= idMin) throw bad(policyId, `a page leads back: id_min ${next} after ${idMin}`);
    idMin = next;
  }
}

const bad = (policyId: string, what: string): ScangateError =>
  new ScangateError('SCANGATE_QUALYS_ANSWER', `the posture of policy ${policyId}: ${what}`);

/** The following of pages is done here, so only the first of what the client would read is taken. */
async function onePage(client: QualysClient, fields: FormFields, { signal }: ScanServices): Promise<FoPage> {
  for await (const page of client.foPages({ path: PATH, fields, safe: true, records: RECORDS, signal })) return page;
  throw new ScangateError('SCANGATE_QUALYS_ANSWER', 'the posture has no page');
}

/** A page that was asked for by its first id holds nothing before it, nothing twice, and something. */
function checkIds({ records }: FoPage, idMin: number | undefined, policyId: string): void {
  const seen = new Set<number>();
  for (const { element } of records) {
    const text = textAt(element, 'ID');
    if (text === undefined || !/^\d{1,15}$/.test(text)) {
      throw bad(policyId, `an INFO has no ID that is a number: "${excerpt(text ?? '', 30)}"`);
    }
    const id = Number(text);
    if (seen.has(id)) throw bad(policyId, `the record ${id} is there twice`);
    if (idMin !== undefined && id < idMin) throw bad(policyId, `the page from ${idMin} on holds the record ${id}`);
    seen.add(id);
  }
  if (idMin !== undefined && records.length === 0) throw bad(policyId, `the page from ${idMin} on is empty`);
}

/** Where the parts of the answer are. Throws for an answer about another policy, and for records in a strange place. */
function sectionOf({ response }: FoPage, policyId: string): XmlElement | undefined {
  const policies = childrenOf(response, 'POLICY');
  const [policy, ...others] = policies;
  const id = textAt(policy, 'ID');
  if (others.length > 0 || (id !== undefined && id !== policyId)) {
    throw bad(policyId, `the answer is about other policies: ${policies.map((one) => textAt(one, 'ID')).join(', ')}`);
  }
  const parts = ['INFO_LIST', 'SUMMARY', 'GLOSSARY', 'WARNING_LIST'];
  const section = policy?.children.some(({ name }) => parts.includes(name)) ? policy : response;
  for (const parent of [response, policy, child(section, 'INFO_LIST')]) {
    const stray = parent?.children.find(
      ({ name, children }) =>
        name === 'INFO' || parent.name === 'INFO_LIST' || children.some((inner) => inner.name === 'INFO'),
    );
    if (parent && stray) throw unknownElement(stray, parent);
  }
  const list = child(section, 'INFO_LIST');
  if (list && list.text.trim() !== '') throw unknownElement({ name: 'text' }, list);
  return section;
}

const isTruncation = (warning: XmlElement): boolean =>
  textAt(warning, 'CODE') === TRUNCATED || child(warning, 'URL') !== undefined;

const warningText = (warning: XmlElement): string =>
  `${textAt(warning, 'CODE') ?? 'no code'}: ${excerpt(textAt(warning, 'TEXT') ?? '(no text)', 200)}`;

/** The id that the next page begins with; undefined after the last one. */
function nextPage(warnings: readonly XmlElement[], api: string, policyId: string): number | undefined {
  const warning = warnings.find(isTruncation);
  if (!warning) return undefined;
  const address = textAt(warning, 'URL');
  if (address === undefined) throw bad(policyId, 'it is truncated, and the answer does not say where it goes on');
  const url = sameOrigin(address, api);
  if (url.pathname !== PATH) throw bad(policyId, 'the address of the next page belongs to another call');
  const idMin = url.searchParams.get('id_min') ?? '';
  if (!/^\d{1,15}$/.test(idMin)) throw bad(policyId, 'the address of the next page has no id_min');
  if ((url.searchParams.get('policy_id') ?? policyId) !== policyId) {
    throw bad(policyId, 'the address of the next page belongs to another policy');
  }
  return Number(idMin);
}
