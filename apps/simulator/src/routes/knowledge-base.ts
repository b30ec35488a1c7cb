import { foDocument } from '../envelopes/fo.js';
import { type VulnerabilityView, vulnerabilityElement } from '../envelopes/knowledge-base.js';
import { type Element, el, renderElement } from '../envelopes/xml.js';
import {
  checkParameters,
  dateParameter,
  idRanges,
  inRanges,
  integerParameter,
  keywordParameter,
  switchParameter,
  withParameters,
} from '../fo-parameters.js';
import type { Answer } from '../http/call.js';
import type { Vulnerability } from '../model.js';
import type { Context, Route } from '../router.js';

const ROOT = 'KNOWLEDGE_BASE_VULN_LIST_OUTPUT';

const PARAMETERS = [
  'details',
  'ids',
  'id_min',
  'id_max',
  'is_patchable',
  'last_modified_after',
  'last_modified_before',
  'last_modified_by_service_after',
  'last_modified_by_service_before',
  'last_modified_by_user_after',
  'last_modified_by_user_before',
  'published_after',
  'published_before',
  'code_modified_after',
  'code_modified_before',
  'discovery_method',
  'discovery_auth_types',
  'show_pci_reasons',
  'show_supported_modules_info',
  'show_disabled_flag',
  'show_qid_change_log',
];

type Test = (vulnerability: Vulnerability) => boolean;

function dateTests(form: URLSearchParams): readonly Test[] {
  const tests: Test[] = [];
  const add = (name: string, of: (vulnerability: Vulnerability) => number): void => {
    const after = dateParameter(form, `${name}_after`);
    const before = dateParameter(form, `${name}_before`);
    if (after !== undefined) tests.push((vulnerability) => of(vulnerability) > after);
    if (before !== undefined) tests.push((vulnerability) => of(vulnerability) < before);
  };
  add('published', ({ published }) => published);
  for (const name of ['last_modified', 'last_modified_by_service', 'code_modified'])
    add(name, ({ modified }) => modified);
  return tests;
}

function tests(context: Context): readonly Test[] {
  const { form, world } = context;
  const ranges = idRanges(form, 'ids');
  const [least, most] = [integerParameter(form, 'id_min') ?? 0, integerParameter(form, 'id_max')];
  const patchable = form.has('is_patchable') ? switchParameter(form, 'is_patchable') : undefined;
  const missing = missingQid(context);
  return [
    ({ qid }) => inRanges(ranges, qid) && qid >= least && (most === undefined || qid <= most),
    (vulnerability) => patchable === undefined || vulnerability.patchable === patchable,
    ({ qid }) => !world.faults.isActive('kb-missing-qid', context.route.name) || qid !== missing,
    ...dateTests(form),
  ];
}

/** The QID the fault takes away: the one it names, or the first one that confirmed vulnerabilities have. */
function missingQid({ world }: Context): number | undefined {
  const named = world.faults.setting('kb-missing-qid', 'qid');
  if (named !== '') return Number(named);
  return world.store.seed.vulnerabilities.find(({ type }) => type === 'Vulnerability')?.qid;
}

function view(context: Context): VulnerabilityView {
  const { form, world, path } = context;
  return {
    all: keywordParameter(form, 'details', ['Basic', 'All', 'None']) === 'All',
    cvss: world.store.seed.account.cvss,
    codeModified: path.version !== '2.0',
    pciReasons: switchParameter(form, 'show_pci_reasons'),
    modules: switchParameter(form, 'show_supported_modules_info'),
    disabledFlag: switchParameter(form, 'show_disabled_flag'),
    changeLog: switchParameter(form, 'show_qid_change_log'),
  };
}

function* listed(found: readonly Vulnerability[], shown: VulnerabilityView): Iterable<Element | string> {
  if (found.length === 0) return;
  // Written entry by entry: the whole KnowledgeBase is large.
  yield '    <VULN_LIST>\n';
  for (const vulnerability of found) yield renderElement(vulnerabilityElement(vulnerability, shown), 3);
  yield '    </VULN_LIST>\n';
}

function idSet(found: readonly Vulnerability[]): readonly Element[] {
  if (found.length === 0) return [];
  const ids = found.map(({ qid }) => el('ID', qid));
  return [el('ID_SET', ids)];
}

function list(context: Context): Answer {
  checkParameters(context.form, 'list', PARAMETERS);
  const all = tests(context);
  const known = [...context.world.store.vulnerabilities.values()].sort((left, right) => left.qid - right.qid);
  const found = known.filter((vulnerability) => all.every((passes) => passes(vulnerability)));
  const shown = view(context);
  const idsOnly = keywordParameter(context.form, 'details', ['Basic', 'All', 'None']) === 'None';
  return foDocument(context, {
    root: ROOT,
    dtd: `/api/${context.path.version}/fo/knowledge_base/vuln/knowledge_base_vuln_list_output.dtd`,
    response: idsOnly ? idSet(found) : listed(found, shown),
    contentType: 'text/xml;charset=UTF-8',
    keepAlive: true,
  });
}

export const knowledgeBaseRoutes: readonly Route[] = [
  {
    name: 'GET|POST /api/:version/fo/knowledge_base/vuln/',
    family: 'fo',
    hosts: ['api'],
    methods: ['GET', 'POST'],
    pattern: '/api/:version/fo/knowledge_base/vuln/',
    versions: ['2.0', '3.0'],
    answer: (context) => withParameters(context, () => list(context)),
  },
];
