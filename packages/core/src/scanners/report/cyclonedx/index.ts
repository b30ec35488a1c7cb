import { excerpt, ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { ScanStatement } from '../../../model/scan.js';
import { type JsonMembers, type JsonRecord, walkJson } from '../../../wire/json.js';
import { asObject, listIn, objectIn, streamedIn, wordsIn } from '../../../wire/take.js';
import { walkXml, type XmlRecord } from '../../../wire/xml.js';
import { loadCalculators } from '../../cvss.js';
import { isoTime } from '../../normalise.js';
import { counted } from '../../problem.js';
import type { ReportReader } from '../reader.js';
import { Components } from './components.js';
import { isResolved, vulnerabilityFindings } from './normalise.js';
import {
  componentMembers,
  holdsVulnerabilities,
  metadataMembers,
  nestedVulnerabilities,
  vulnerabilityMembers,
} from './xml.js';

const SPEC_VERSIONS = ['1.2', '1.3', '1.4', '1.5', '1.6', '1.7'];
const NAMESPACE = /^https?:\/\/cyclonedx\.org\/schema\/bom\/(.+)$/;

/** Lists that can be long are streamed, also those that nothing is read of. */
const JSON_RECORDS = [
  'metadata',
  'components[]',
  'services[]',
  'vulnerabilities[]',
  'dependencies[]',
  'compositions[]',
  'annotations[]',
  'formulation[]',
  'properties[]',
];
const XML_RECORDS = [
  'bom/metadata',
  'bom/components/component',
  'bom/services/service',
  'bom/vulnerabilities/vulnerability',
  'bom/dependencies/dependency',
  'bom/compositions/composition',
  'bom/annotations/annotation',
  'bom/formulation/formula',
  'bom/properties/property',
];

/** How many vulnerabilities may wait for components that come after them. */
const MAX_HELD = 50_000;

/**
 * Tools that write the list of vulnerabilities only after matching, so that an empty one says "none found". Trivy, for
 * one, writes an empty list also where it was asked for an inventory alone (`pkg/sbom/cyclonedx/marshal.go`), which says
 * nothing. Grype: `grype/presenter/cyclonedx/presenter.go` (both read 2026-11-23).
 */
const MATCHERS = new Set(['grype']);

/**
 * CycloneDX 1.2 to 1.7, JSON and XML: https://cyclonedx.org/docs/1.7/json/ and, for the vulnerabilities of 1.2 and 1.3,
 * https://cyclonedx.org/ext/vulnerability/ (read 2026-11-23).
 *
 * A bom without vulnerabilities is an inventory and no evidence of a scan, nor is an empty list but of a known matcher.
 */
export const cyclonedx: ReportReader = {
  format: 'cyclonedx',
  title: 'CycloneDX bom',
  recognise: ({ syntax, paths, root }) =>
    syntax === 'xml'
      ? root?.name === 'bom' && NAMESPACE.test(root.namespace ?? '')
      : paths.get('bomFormat') === 'CycloneDX' || /cyclonedx\.org\/schema/.test(String(paths.get('$schema') ?? '')),
  async *read({ head, chunks }) {
    await loadCalculators();
    const bom = new Bom();
    if (head.syntax === 'xml') {
      checkVersion(NAMESPACE.exec(head.root?.namespace ?? '')?.[1]);
      for await (const batch of walkXml(chunks, { records: XML_RECORDS })) {
        for (const record of batch) takeXml(record, bom);
        yield bom.takeFindings();
      }
    } else {
      for await (const batch of walkJson(chunks, { records: JSON_RECORDS })) {
        for (const record of batch) takeJson(record, bom);
        yield bom.takeFindings();
      }
    }
    bom.end();
    yield bom.takeFindings();
    return bom.statement();
  },
};

/** What is known of a bom while it is read. */
class Bom {
  readonly components = new Components();
  metadata: JsonMembers = {};
  serialNumber: string | undefined;
  private held: JsonMembers[] = [];
  private findings: RawFinding[] = [];
  private vulnerabilities = 0;
  /** Findings that nobody has set aside. */
  private open = 0;
  /** Whether the member that lists vulnerabilities is there and is a list. */
  hasList = false;

  /** The order of members is free: what refers to components not read yet waits for the end. */
  add(vulnerability: JsonMembers, at: string): void {
    this.vulnerabilities++;
    if (isResolved(vulnerability, this.components, at)) this.keep(vulnerability, at);
    else if (this.held.length < MAX_HELD) this.held.push(vulnerability);
    else {
      throw new ScangateError(
        'SCANGATE_REPORT_SHAPE',
        `more than ${MAX_HELD} vulnerabilities refer to components that do not stand before them`,
        {
          mend: 'write the components before the vulnerabilities, and one bom for each artifact',
        },
      );
    }
  }

  private keep(vulnerability: JsonMembers, at: string): void {
    const added = vulnerabilityFindings(vulnerability, this.components, at);
    this.open += added.filter(({ ignored }) => ignored === undefined).length;
    this.findings.push(...added);
  }

  takeFindings(): RawFinding[] {
    const { findings } = this;
    this.findings = [];
    return findings;
  }

  /** References that no component of the bom answers to stay references. */
  end(): void {
    for (const vulnerability of this.held) this.keep(vulnerability, 'vulnerabilities[]');
    this.held = [];
  }

  statement(): ScanStatement {
    const tools = toolsOf(this.metadata);
    const [first] = tools;
    const component = objectIn(this.metadata, 'component', 'metadata') ?? {};
    const subject = [
      wordsIn(component, 'name', 'metadata.component'),
      wordsIn(component, 'version', 'metadata.component'),
    ];
    return {
      tool: first ?? { name: 'CycloneDX' },
      subject: subject.filter((part) => part !== undefined).join(' ') || undefined,
      reference: this.serialNumber,
      finishedAt: isoTime(wordsIn(this.metadata, 'timestamp', 'metadata')),
      evidence: this.evidence(tools.map(({ name }) => name)),
      problems: [],
    };
  }

  /**
   * Without components nothing was looked at: a list of nothing but vulnerabilities that were set aside is then a VEX
   * document, which says what its author thinks of them, not that anything was scanned.
   */
  private evidence(tools: string[]): string | undefined {
    if (tools.length === 0 || !this.hasList) return undefined;
    const says = this.vulnerabilities > 0 || tools.some((name) => MATCHERS.has(name.toLowerCase()));
    if (!says || (this.open === 0 && this.components.count === 0)) return undefined;
    const list =
      this.vulnerabilities === 0
        ? 'no vulnerability'
        : counted(this.vulnerabilities, 'vulnerability', 'vulnerabilities');
    return `${tools.join(', ')} lists ${list} in ${counted(this.components.count, 'component')}`;
  }
}

function takeJson({ at, value }: JsonRecord, bom: Bom): void {
  if (at === 'vulnerabilities[]') bom.add(asObject(value, at), at);
  else if (at === 'components[]' || at === 'services[]') bom.components.add(asObject(value, at), at);
  else if (at === 'metadata') takeMetadata(value === null ? {} : asObject(value, at), bom);
  else if (at === '') {
    const root = asObject(value, 'bom');
    const format = wordsIn(root, 'bomFormat', 'bom');
    if (format !== undefined && format !== 'CycloneDX') {
      throw new ScangateError('SCANGATE_REPORT_SHAPE', `bomFormat: "${excerpt(format)}" is not CycloneDX`);
    }
    checkVersion(wordsIn(root, 'specVersion', 'bom'));
    bom.hasList = streamedIn(root, 'vulnerabilities', '') !== undefined;
    for (const list of ['components', 'services']) streamedIn(root, list, '');
    bom.serialNumber = wordsIn(root, 'serialNumber', 'bom');
  }
}

function takeMetadata(metadata: JsonMembers, bom: Bom): void {
  bom.metadata = metadata;
  const component = objectIn(metadata, 'component', 'metadata');
  if (component) bom.components.addSubject(component, 'metadata.component');
}

function takeXml({ at, element }: XmlRecord, bom: Bom): void {
  if (at === 'bom/vulnerabilities/vulnerability') bom.add(vulnerabilityMembers(element), at);
  else if (at === 'bom/vulnerabilities') bom.hasList = true;
  else if (at === 'bom/services/service') bom.components.add(componentMembers(element), at);
  else if (at === 'bom/components/component') {
    bom.components.add(componentMembers(element), at);
    if (holdsVulnerabilities(element)) bom.hasList = true;
    for (const vulnerability of nestedVulnerabilities(element))
      bom.add(vulnerability, `${at}/vulnerabilities/vulnerability`);
  } else if (at === 'bom/metadata') takeMetadata(metadataMembers(element), bom);
  else if (at === 'bom') bom.serialNumber = element.attributes.serialNumber;
}

function checkVersion(version: string | undefined): void {
  if (version === undefined)
    throw new ScangateError('SCANGATE_REPORT_SHAPE', 'the bom does not name its version of CycloneDX');
  if (!SPEC_VERSIONS.includes(version)) {
    throw new ScangateError(
      'SCANGATE_REPORT_VERSION',
      `CycloneDX ${excerpt(version)} is not known; ${SPEC_VERSIONS[0]} to ${SPEC_VERSIONS.at(-1)} are`,
    );
  }
}

/** A list of tools until 1.4, an object with components and services since 1.5. */
function toolsOf(metadata: JsonMembers): ScanStatement['tool'][] {
  const { tools } = metadata;
  const holder =
    Array.isArray(tools) || tools === undefined || tools === null ? metadata : asObject(tools, 'metadata.tools');
  const keys = holder === metadata ? ['tools'] : ['components', 'services'];
  return keys
    .flatMap((key) => listIn(holder, key, 'metadata.tools'))
    .map((value) => asObject(value, 'metadata.tools[]'))
    .flatMap((tool) => {
      const name = wordsIn(tool, 'name', 'metadata.tools[]');
      return name === undefined ? [] : [{ name, version: wordsIn(tool, 'version', 'metadata.tools[]') }];
    });
}
