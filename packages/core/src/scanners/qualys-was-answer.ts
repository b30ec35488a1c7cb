import { excerpt, ScangateError } from '../errors.js';
import type { RawFinding } from '../model/finding.js';
import type { ScanStatement } from '../model/scan.js';
import { type JsonMembers, type JsonRecord, Streamed, walkJson } from '../wire/json.js';
import { detach } from '../wire/shelf.js';
import { asObject, objectIn, wordsIn } from '../wire/take.js';
import { textAt, walkXml, type XmlRecord } from '../wire/xml.js';
import { elementsIn, membersOf, sectionIn, unwrap } from './qualys-was-members.js';
import { apiFinding, instanceCount, LIST_NAMES, LISTS, type ListName, scanFinding } from './qualys-was-normalise.js';
import {
  type AnswerState,
  type ListCounts,
  noCounts,
  statement,
  summaryOf,
  webAppUrl,
} from './qualys-was-statement.js';
import { platformTime } from './qualys-words.js';

const XML_SCANS = ['WasScan', 'ServiceResponse/data/WasScan'];
const XML_RECORDS = [
  ...XML_SCANS.slice(1),
  ...XML_SCANS.flatMap((scan) => LIST_NAMES.map((list) => `${scan}/${list}/list/*`)),
  'ServiceResponse/data/Finding',
];
/** Of requests and answers only method, address and payload are used. */
const XML_SKIP = ['headers', 'body', 'response', 'history'];
const JSON_SCANS = ['WasScan', 'ServiceResponse.data[].WasScan'];
const JSON_RECORDS = JSON_SCANS.flatMap((scan) => LIST_NAMES.map((list) => `${scan}.${list}.list[]`));
/** What `data` of a readable answer holds. */
export const DATA_TYPES = ['WasScan', 'Finding'];

/**
 * Reads an answer of the WAS API that holds results, in either syntax and as its bytes come: a downloaded scan, or
 * found findings. What the answer says of the scan as a whole is returned. Throws `SCANGATE_REPORT_` errors.
 */
export async function* readWasAnswer(
  syntax: 'json' | 'xml',
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<RawFinding[], ScanStatement, undefined> {
  const answer = new Answer();
  const batches =
    syntax === 'xml'
      ? walkXml(chunks, { records: XML_RECORDS, skip: XML_SKIP })
      : walkJson(chunks, { records: JSON_RECORDS });
  for await (const batch of batches) {
    for (const record of batch) {
      if ('element' in record) answer.takeXml(record);
      else answer.takeJson(record);
    }
    yield answer.takeFindings();
  }
  return statement(answer);
}

/** The answer as it comes in: both syntaxes end in the same records. */
class Answer implements AnswerState {
  readonly scans: AnswerState['scans'] = [];
  readonly webApps = new Set<string>();
  findings = 0;
  lastTested: string | undefined;
  envelope: JsonMembers | undefined;
  private counts: ListCounts = noCounts();
  private out: RawFinding[] = [];

  takeFindings(): RawFinding[] {
    const out = this.out;
    this.out = [];
    return out;
  }

  takeXml({ at, element, scope }: XmlRecord): void {
    const parent = scope.at(-1);
    if (!parent && element.name === 'ServiceResponse') this.takeEnvelope(membersOf(element));
    else if (element.name === 'WasScan' && XML_SCANS.includes(at)) this.takeScan(membersOf(element));
    else if (element.name === 'Finding' && parent?.name === 'data') this.takeFinding(membersOf(element));
    else if (parent?.name === 'list') {
      const list = scope.at(-2)?.name as ListName;
      if (element.name !== LISTS[list].type) throw shape(`<${excerpt(element.name)}> in <${list}> is not known`);
      this.takeElement(membersOf(element), list, textAt(scope.at(-3), 'target', 'webApp', 'url'));
    }
  }

  takeJson({ at, value, scope }: JsonRecord): void {
    if (at === '') {
      const root = asObject(value, 'the answer');
      const envelope = objectIn(root, 'ServiceResponse', 'the answer');
      if (envelope) this.takeEnvelope(envelope);
      else if (!objectIn(root, 'WasScan', 'the answer'))
        throw shape('the answer holds neither a ServiceResponse nor a WasScan');
    } else if (JSON_SCANS.includes(at)) this.takeScan(asObject(value, 'WasScan'));
    else if (at === 'ServiceResponse.data[]') this.takeData(value, false);
    else if (JSON_RECORDS.includes(at)) {
      const list = at.split('.').at(-2) as ListName;
      for (const element of unwrap(value, LISTS[list].type))
        this.takeElement(element, list, webAppUrl(scope.at(-2) ?? {}));
    }
  }

  /** An element of `data`. A scan in it was taken when its own record closed, unless the data was no list. */
  private takeData(value: unknown, isWhole: boolean): void {
    const data = asObject(value, 'data');
    for (const [type, content] of Object.entries(data)) {
      if (!DATA_TYPES.includes(type)) throw shape(`data holds ${excerpt(type)}, neither a WasScan nor a Finding`);
      // A scan that is an object was walked into, and taken when its own record closed.
      if (type === 'WasScan' && !isWhole && !Array.isArray(content)) asObject(content, 'WasScan');
      else for (const element of unwrap(data, type)) this.takeRecord(asObject(element, type), type);
    }
  }

  private takeRecord(members: JsonMembers, type: string): void {
    if (type === 'Finding') this.takeFinding(members);
    else this.takeScan(members);
  }

  private takeEnvelope(envelope: JsonMembers): void {
    const { data } = envelope;
    if (data !== undefined && data !== null && data !== '' && !(data instanceof Streamed)) this.takeData(data, true);
    this.envelope = envelope;
  }

  private takeElement(value: unknown, list: ListName, url: string | undefined): void {
    this.out.push(scanFinding(value, list, url));
    this.counts[list].elements++;
    this.counts[list].instances += instanceCount(asObject(value, list), LISTS[list], list);
  }

  private takeScan(scan: JsonMembers): void {
    // Lists that were not streamed: a bare element in place of a list, or a scan in place of a list of scans.
    for (const list of LIST_NAMES) {
      for (const element of elementsIn(scan, list, LISTS[list].type, 'WasScan'))
        this.takeElement(element, list, webAppUrl(scan));
    }
    this.scans.push(summaryOf(scan, this.counts));
    this.counts = noCounts();
  }

  private takeFinding(members: JsonMembers): void {
    this.out.push(apiFinding(members));
    this.findings++;
    const tested = platformTime(
      wordsIn(members, 'lastTestedDate', 'Finding') ?? wordsIn(members, 'lastDetectedDate', 'Finding'),
    );
    if (tested !== undefined && tested > (this.lastTested ?? '')) this.lastTested = detach(tested);
    const url = wordsIn(sectionIn(members, 'webApp', 'Finding') ?? {}, 'url', 'Finding.webApp');
    if (url !== undefined && !this.webApps.has(url)) this.webApps.add(detach(url));
  }
}

const shape = (message: string): ScangateError => new ScangateError('SCANGATE_REPORT_SHAPE', message);
