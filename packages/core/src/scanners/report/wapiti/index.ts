import { ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, type JsonRecord, walkJson } from '../../../wire/json.js';
import { asObject, flagIn, numberIn, objectIn, streamedIn, textsIn, wordsIn } from '../../../wire/take.js';
import { child, childrenOf, descend, textAt, walkXml, type XmlElement, type XmlRecord } from '../../../wire/xml.js';
import { zonedTime } from '../../normalise.js';
import type { ReportInput, ReportReader } from '../reader.js';
import { type Classification, entryFinding, LISTS, type ListName } from './normalise.js';

const LIST_NAMES = Object.keys(LISTS) as ListName[];

/** `detail` and `crawled_pages` hold whole responses: they are dropped piece by piece. */
const jsonRecords = [...LIST_NAMES.flatMap((list) => [`${list}.*[]`, `${list}.*[].detail`]), 'infos.crawled_pages[]'];

const xmlRecords = [
  ...['vulnerabilities/vulnerability', 'anomalies/anomaly', 'additionals/additional'].map(
    (path) => `report/${path}/entries/entry`,
  ),
  'report/report_infos/crawled_pages/entry',
];
const xmlSkip = ['detail', 'response'];

/**
 * Wapiti JSON and XML, 3.0 to 3.3. https://wapiti-scanner.github.io/ and the report generators of 3.0.4 and 3.2
 * (read 2026-11-23); looked at in real reports of 3.0.4 against a live and a dead server.
 *
 * Wapiti exits 0 with a complete, empty report when the target is down. So an entry in any list, or a count of crawled
 * pages above zero (3.2 writes it, 3.0.4 does not), is the evidence of a scan; an empty report without either reached nothing.
 */
export const wapiti: ReportReader = {
  format: 'wapiti',
  title: 'Wapiti JSON and XML',
  recognise: ({ syntax, paths, root, text }) =>
    syntax === 'xml'
      ? root?.name === 'report' && root.attributes.get('type') === 'security' && /wapiti/i.test(text)
      : syntax === 'json' &&
        paths.has('vulnerabilities') &&
        (paths.has('classifications') || /^wapiti/i.test(String(paths.get('infos.version') ?? ''))),
  read: (input) => (input.head.syntax === 'xml' ? readXml(input) : readJson(input)),
};

interface Facts {
  target: string | undefined;
  version: string | undefined;
  date: string | undefined;
  crawled: number | undefined;
  isLoggedIn: boolean | undefined;
  /** Repeats that Wapiti left out of its lists, by category. */
  suppressed: [category: string, count: number][];
}

interface ReadState {
  entries: Record<ListName, number>;
  classifications: JsonMembers | undefined;
  /** Entries that came before the classifications they need. */
  held: JsonRecord[];
  crawledPages: number;
  facts: Facts;
}

const newState = (): ReadState => ({
  entries: { vulnerabilities: 0, anomalies: 0, additionals: 0 },
  classifications: undefined,
  held: [],
  crawledPages: 0,
  facts: {
    target: undefined,
    version: undefined,
    date: undefined,
    crawled: undefined,
    isLoggedIn: undefined,
    suppressed: [],
  },
});

async function* readJson({ chunks }: ReportInput): AsyncGenerator<RawFinding[], ScanStatement, undefined> {
  const state = newState();
  for await (const batch of walkJson(chunks, { records: jsonRecords })) {
    yield batch.flatMap((record) => takeJson(record, state));
  }
  return statement(state);
}

const isListName = (name: unknown): name is ListName => LIST_NAMES.some((list) => list === name);

function takeJson(record: JsonRecord, state: ReadState): RawFinding[] {
  const { at, value, keys, scope } = record;
  const [list] = keys;
  if (isListName(list) && at === `${list}.*[]`) {
    state.entries[list]++;
    if (Object.hasOwn(scope[0] ?? {}, 'classifications')) return [jsonFinding(record, list, scope[0] ?? {})];
    state.held.push(record);
  } else if (isListName(at)) {
    const categories = asObject(value, at);
    for (const category of Object.keys(categories)) streamedIn(categories, category, at);
  } else if (at === 'infos.crawled_pages[]') state.crawledPages++;
  else if (at === '') {
    const root = asObject(value, 'report');
    state.facts = jsonFacts(root);
    return state.held.map((held) => jsonFinding(held, held.keys[0] as ListName, root));
  }
  return [];
}

function jsonFinding({ value, keys }: JsonRecord, list: ListName, root: JsonMembers): RawFinding {
  const category = String(keys[1] ?? '');
  const known = objectIn(root, 'classifications', 'report') ?? {};
  const about = Object.hasOwn(known, category) ? asObject(known[category], `classifications.${category}`) : undefined;
  const at = `${list}.${category}[]`;
  return entryFinding(asObject(value, at), list, category, about && jsonClassification(about), at);
}

function jsonClassification(about: JsonMembers): Classification {
  const at = 'classifications';
  const references = objectIn(about, 'ref', at) ?? {};
  return {
    description: wordsIn(about, 'desc', at),
    solution: wordsIn(about, 'sol', at),
    references: Object.keys(references).map((title) => [title, wordsIn(references, title, `${at}.ref`) ?? '']),
    wstg: textsIn(about, 'wstg', at),
  };
}

function jsonFacts(root: JsonMembers): Facts {
  for (const list of LIST_NAMES) {
    if (root[list] !== undefined || list === 'vulnerabilities') asObject(root[list], list);
  }
  const infos = objectIn(root, 'infos', 'report');
  if (!infos) throw new ScangateError('SCANGATE_REPORT_SHAPE', 'infos is missing');
  streamedIn(infos, 'crawled_pages', 'infos');
  const auth = objectIn(infos, 'auth', 'infos');
  const suppressed = objectIn(root, 'suppressed_findings', 'report') ?? {};
  return {
    target: wordsIn(infos, 'target', 'infos'),
    version: wordsIn(infos, 'version', 'infos'),
    date: wordsIn(infos, 'date', 'infos'),
    crawled: numberIn(infos, 'crawled_pages_nbr', 'infos'),
    isLoggedIn: auth && flagIn(auth, 'logged_in', 'infos.auth'),
    suppressed: Object.keys(suppressed).map((category) => [
      category,
      numberIn(suppressed, category, 'suppressed_findings') ?? 0,
    ]),
  };
}

async function* readXml({ chunks }: ReportInput): AsyncGenerator<RawFinding[], ScanStatement, undefined> {
  const state = newState();
  for await (const batch of walkXml(chunks, { records: xmlRecords, skip: xmlSkip })) {
    yield batch.flatMap((record) => takeXml(record, state));
  }
  return statement(state);
}

function takeXml({ at, element, scope }: XmlRecord, state: ReadState): RawFinding[] {
  const [, list] = at.split('/');
  if (isListName(list) && at.endsWith('/entries/entry')) {
    state.entries[list]++;
    const type = scope[2];
    const category = type?.attributes.name?.trim() ?? '';
    if (category === '') throw new ScangateError('SCANGATE_REPORT_SHAPE', `${list} without a name`);
    const members = Object.create(null) as JsonMembers;
    for (const { name, text, children } of element.children) if (children.length === 0) members[name] ??= text;
    return [entryFinding(members, list, category, xmlClassification(type), at)];
  }
  if (at === 'report/report_infos/crawled_pages/entry') state.crawledPages++;
  else if (isListName(list) && element.attributes.suppressed !== undefined && at.split('/').length === 3) {
    state.facts.suppressed.push([element.attributes.name ?? '', numberIn(element.attributes, 'suppressed', at) ?? 0]);
  } else if (at === 'report') state.facts = { ...xmlFacts(element), suppressed: state.facts.suppressed };
  return [];
}

function xmlClassification(type: XmlElement | undefined): Classification {
  const references = childrenOf(child(type, 'references'), 'reference');
  const codes = references.flatMap((reference) =>
    childrenOf(child(reference, 'wstg'), 'code').map(({ text }) => text.trim()),
  );
  return {
    description: textAt(type, 'description'),
    solution: textAt(type, 'solution'),
    references: references.map((reference) => [textAt(reference, 'title') ?? '', textAt(reference, 'url') ?? '']),
    wstg: [...new Set(codes.filter((code) => code !== ''))],
  };
}

function xmlFacts(report: XmlElement): Facts {
  const infos = child(report, 'report_infos');
  if (!infos) throw new ScangateError('SCANGATE_REPORT_SHAPE', '<report_infos> is missing');
  if (!child(report, 'vulnerabilities'))
    throw new ScangateError('SCANGATE_REPORT_SHAPE', '<vulnerabilities> is missing');
  const info = (name: string): XmlElement | undefined =>
    childrenOf(infos, 'info').find(({ attributes }) => attributes.name === name);
  const members: JsonMembers = {
    crawled: textAt(info('crawledPages')),
    logged_in: textAt(descend(info('auth'), 'logged_in')),
  };
  return {
    target: textAt(info('target')),
    version: textAt(info('generatorVersion')),
    date: textAt(info('dateOfScan')),
    crawled: numberIn(members, 'crawled', 'crawledPages'),
    isLoggedIn: flagIn(members, 'logged_in', 'auth'),
    suppressed: [],
  };
}

function statement({ entries, crawledPages, facts }: ReadState): ScanStatement {
  const { target = 'the target', crawled = crawledPages > 0 ? crawledPages : undefined } = facts;
  const found = LIST_NAMES.reduce((sum, list) => sum + entries[list], 0);
  const isReached = found > 0 || (crawled ?? 0) > 0;
  const problems: ScanProblem[] = isReached ? [] : [nothingReached(target, crawled)];
  if (facts.isLoggedIn === false) {
    problems.push({
      code: 'SCANGATE_SCAN_AUTH_FAILED',
      message: `Wapiti could not log in to ${target}`,
      mend: 'correct the credentials given to Wapiti and scan again',
    });
  }
  const left = facts.suppressed.reduce((sum, [, count]) => sum + count, 0);
  if (left > 0) {
    problems.push({
      code: 'SCANGATE_SCAN_COUNT_MISMATCH',
      message: `Wapiti left ${left} repeated alerts out of its lists (${facts.suppressed.map(([name, count]) => `${name}: ${count}`).join(', ')})`,
      mend: 'mend the repeated alerts, or set policy.onIncomplete when a few examples of each are good enough',
    });
  }
  const pages = crawled === undefined ? '' : `${crawled} pages crawled, `;
  return {
    tool: { name: 'Wapiti', version: facts.version?.replace(/^wapiti\s+/i, '') },
    subject: facts.target,
    startedAt: zonedTime(facts.date),
    evidence: isReached
      ? `Wapiti reached ${target}: ${pages}${found} ${found === 1 ? 'entry' : 'entries'} in its lists`
      : undefined,
    problems,
  };
}

const nothingReached = (target: string, crawled: number | undefined): ScanProblem => ({
  code: 'SCANGATE_SCAN_NOTHING_REACHED',
  message:
    crawled === undefined
      ? `Wapiti found nothing and this report does not say how many pages it crawled: it looks the same when ${target} is down`
      : `Wapiti crawled no page of ${target}`,
  mend:
    crawled === undefined
      ? 'check that the target is up, and use Wapiti 3.2 or newer, which writes the number of crawled pages; with an older one add the modules http_headers and csp, which find something on nearly every site'
      : 'check that the target was up and reachable from Wapiti, and that the scope lets it in',
});
