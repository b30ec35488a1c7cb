import { isoSeconds } from '../clock.js';
import type { Vulnerability } from '../model.js';
import { cdata, type Element, el, optional } from './xml.js';

/** What a KnowledgeBase call asks to see. */
export interface VulnerabilityView {
  readonly all: boolean;
  /** CVSS is a feature of the subscription. */
  readonly cvss: boolean;
  /** The date of the detection's last change came with version 3.0. */
  readonly codeModified: boolean;
  readonly pciReasons: boolean;
  readonly modules: boolean;
  readonly disabledFlag: boolean;
  readonly changeLog: boolean;
}

const quote = (value: string | undefined): { readonly cdata: string } | undefined =>
  value === undefined ? undefined : cdata(value);

const CVE_PAGE = 'https://cve.example.test/';

function references(vulnerability: Vulnerability): readonly (Element | undefined)[] {
  const { software, vendorReference, cves } = vulnerability;
  return [
    software &&
      el('SOFTWARE_LIST', [
        el('SOFTWARE', [el('PRODUCT', cdata(software.product)), el('VENDOR', cdata(software.vendor))]),
      ]),
    vendorReference &&
      el('VENDOR_REFERENCE_LIST', [
        el('VENDOR_REFERENCE', [el('ID', cdata(vendorReference.id)), el('URL', cdata(vendorReference.url))]),
      ]),
    cves &&
      el(
        'CVE_LIST',
        cves.map((cve) => el('CVE', [el('ID', cdata(cve)), el('URL', cdata(`${CVE_PAGE}${cve}`))])),
      ),
  ];
}

function correlation({ exploit, cves }: Vulnerability): Element | undefined {
  if (exploit === undefined) return undefined;
  const found = el('EXPLT', [el('REF', cdata(cves?.[0] ?? 'none')), el('DESC', cdata(exploit))]);
  const source = el('EXPLT_SRC', [el('SRC_NAME', cdata('Invented exploit collection')), el('EXPLT_LIST', [found])]);
  return el('CORRELATION', [el('EXPLOITS', [source])]);
}

function scores({ cvss2, cvss3 }: Vulnerability): readonly (Element | undefined)[] {
  return [
    cvss2 &&
      el('CVSS', [
        el('BASE', cvss2.base, { source: 'service' }),
        el('TEMPORAL', cvss2.temporal),
        el('VECTOR_STRING', cvss2.vector),
      ]),
    cvss3 &&
      el('CVSS_V3', [
        el('BASE', cvss3.base),
        el('TEMPORAL', cvss3.temporal),
        el('VECTOR_STRING', cvss3.vector),
        el('CVSS3_VERSION', cvss3.version),
      ]),
  ];
}

function discovery({ remote, authTypes, additionalInfo }: Vulnerability): Element {
  return el('DISCOVERY', [
    el('REMOTE', remote ? '1' : '0'),
    authTypes &&
      el(
        'AUTH_TYPE_LIST',
        authTypes.map((type) => el('AUTH_TYPE', type)),
      ),
    optional('ADDITIONAL_INFO', additionalInfo),
  ]);
}

function changeLog(vulnerability: Vulnerability): Element {
  const change = el('CHANGE_LOG_INFO', [
    el('CHANGE_DATE', isoSeconds(vulnerability.modified)),
    el('COMMENTS', cdata('Made for the simulator.')),
  ]);
  return el('CHANGE_LOG_LIST', [change]);
}

/** One entry, with its elements in the platform's order. */
export function vulnerabilityElement(vulnerability: Vulnerability, view: VulnerabilityView): Element {
  const { threats } = vulnerability;
  return el('VULN', [
    el('QID', vulnerability.qid),
    el('VULN_TYPE', vulnerability.type),
    el('SEVERITY_LEVEL', vulnerability.severity),
    el('TITLE', cdata(vulnerability.title)),
    el('CATEGORY', vulnerability.category),
    el('LAST_SERVICE_MODIFICATION_DATETIME', isoSeconds(vulnerability.modified)),
    el('PUBLISHED_DATETIME', isoSeconds(vulnerability.published)),
    view.codeModified ? el('CODE_MODIFIED_DATETIME', isoSeconds(vulnerability.modified)) : undefined,
    el('PATCHABLE', vulnerability.patchable ? '1' : '0'),
    ...references(vulnerability),
    el('DIAGNOSIS', cdata(vulnerability.diagnosis)),
    optional('CONSEQUENCE', quote(vulnerability.consequence)),
    optional('SOLUTION', quote(vulnerability.solution)),
    view.all ? correlation(vulnerability) : undefined,
    ...(view.cvss ? scores(vulnerability) : []),
    el('PCI_FLAG', vulnerability.pci ? '1' : '0'),
    view.pciReasons && vulnerability.pci
      ? el('PCI_REASONS', [el('PCI_REASON', 'Invented: the CVSS base score is 4.0 or more.')])
      : undefined,
    threats &&
      el(
        'THREAT_INTELLIGENCE',
        threats.map(({ id, name }) => el('THREAT_INTEL', cdata(name), { id: String(id) })),
      ),
    view.modules ? el('SUPPORTED_MODULES', 'WAS') : undefined,
    discovery(vulnerability),
    view.disabledFlag ? el('IS_DISABLED', '0') : undefined,
    view.changeLog ? changeLog(vulnerability) : undefined,
  ]);
}
