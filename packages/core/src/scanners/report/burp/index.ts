import { ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanStatement } from '../../../model/scan.js';
import { walkXml, type XmlElement, type XmlRecord } from '../../../wire/xml.js';
import { zonedTime } from '../../normalise.js';
import type { ReportReader } from '../reader.js';
import { type BurpRequest, issueFinding, requestOf } from './normalise.js';

const ISSUE = 'issues/issue';
const PAIR = `${ISSUE}/requestresponse`;

/** What holds whole requests and responses leaves the issue at once. */
const records = [
  ISSUE,
  PAIR,
  ...['collaboratorEvent', 'infiltratorEvent', 'staticAnalysis', 'dynamicAnalysis'].map((name) => `${ISSUE}/${name}`),
];

/**
 * Burp Suite's XML report of issues. https://portswigger.net/burp/documentation/desktop/getting-started/generate-reports
 * (read 2026-11-23).
 *
 * The report is a choice of issues and says nothing of the scan itself: an issue in it is the only evidence of one. Its
 * date names its zone by letters that several zones share, so it is left out unless it gives an offset.
 */
export const burp: ReportReader = {
  format: 'burp',
  title: 'Burp Suite XML',
  recognise: ({ syntax, root }) => syntax === 'xml' && root?.name === 'issues' && root.attributes.has('burpVersion'),
  async *read({ chunks }) {
    const state: ReadState = { root: undefined, request: undefined, issues: 0, hosts: new Set() };
    for await (const batch of walkXml(chunks, { records, skip: ['response'] })) {
      yield batch.flatMap((record) => take(record, state));
    }
    return statement(state);
  },
};

interface ReadState {
  root: XmlElement | undefined;
  request: BurpRequest | undefined;
  issues: number;
  hosts: Set<string>;
}

const MAX_HOSTS = 5;

function take({ at, element }: XmlRecord, state: ReadState): RawFinding[] {
  if (at === PAIR) state.request ??= requestOf(element);
  else if (at === ISSUE) {
    const finding = issueFinding(element, state.request);
    const host = element.children.find(({ name }) => name === 'host')?.text.trim();
    if (host && state.hosts.size < MAX_HOSTS) state.hosts.add(host);
    state.request = undefined;
    state.issues++;
    return [finding];
  } else if (at === 'issues') state.root = element;
  return [];
}

function statement({ root, issues, hosts }: ReadState): ScanStatement {
  if (!root) throw new ScangateError('SCANGATE_REPORT_SHAPE', '<issues> is missing');
  const named = [...hosts].join(', ');
  return {
    tool: { name: 'Burp Suite', version: root.attributes.burpVersion },
    subject: named === '' ? undefined : named,
    finishedAt: zonedTime(root.attributes.exportTime),
    evidence:
      issues > 0
        ? `Burp Suite reports ${issues} ${issues === 1 ? 'issue' : 'issues'}${named === '' ? '' : ` on ${named}`}`
        : undefined,
    problems: [],
  };
}
