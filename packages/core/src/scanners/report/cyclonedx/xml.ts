/*
 * The XML form of a bom as the members of its JSON form, so that one set of rules reads both.
 */
import type { JsonMembers } from '../../../wire/json.js';
import { child, childrenOf, descend, textAt, type XmlElement } from '../../../wire/xml.js';

const members = (entries: Record<string, unknown>): JsonMembers =>
  Object.assign(Object.create(null) as JsonMembers, entries);

/** A component or service with what is nested in it. */
export function componentMembers(element: XmlElement): JsonMembers {
  return members({
    'bom-ref': element.attributes['bom-ref'],
    group: textAt(element, 'group'),
    name: textAt(element, 'name'),
    version: textAt(element, 'version'),
    purl: textAt(element, 'purl'),
    evidence: members({
      occurrences: childrenOf(descend(element, 'evidence', 'occurrences'), 'occurrence').map((occurrence) =>
        members({ location: textAt(occurrence, 'location') }),
      ),
    }),
    properties: childrenOf(child(element, 'properties'), 'property').map((property) =>
      members({ name: property.attributes.name, value: property.text.trim() }),
    ),
    components: childrenOf(child(element, 'components'), 'component').map(componentMembers),
    services: childrenOf(child(element, 'services'), 'service').map(componentMembers),
  });
}

/** The vulnerabilities that the extension of 1.2 and 1.3 puts into a component, and into those nested in it. */
export function nestedVulnerabilities(component: XmlElement): JsonMembers[] {
  const own = childrenOf(child(component, 'vulnerabilities'), 'vulnerability').map((element) =>
    vulnerabilityMembers(element, component.attributes['bom-ref'] ?? textAt(component, 'purl')),
  );
  return [...own, ...childrenOf(child(component, 'components'), 'component').flatMap(nestedVulnerabilities)];
}

export const holdsVulnerabilities = (component: XmlElement): boolean =>
  child(component, 'vulnerabilities') !== undefined ||
  childrenOf(child(component, 'components'), 'component').some(holdsVulnerabilities);

/** A vulnerability of 1.4 and later, or of the extension, which refers to its component by an attribute. */
export function vulnerabilityMembers(element: XmlElement, owner?: string): JsonMembers {
  const source = child(element, 'source');
  const reference = element.attributes.ref ?? owner;
  const recommendations = childrenOf(child(element, 'recommendations'), 'recommendation').map((entry) =>
    entry.text.trim(),
  );
  return members({
    'bom-ref': element.attributes['bom-ref'],
    id: textAt(element, 'id'),
    source: sourceMembers(source),
    references: childrenOf(child(element, 'references'), 'reference').map((entry) =>
      members({ id: textAt(entry, 'id') }),
    ),
    ratings: childrenOf(child(element, 'ratings'), 'rating').map(ratingMembers),
    cwes: childrenOf(child(element, 'cwes'), 'cwe').map((entry) => entry.text.trim()),
    description: textAt(element, 'description'),
    detail: textAt(element, 'detail'),
    recommendation: textAt(element, 'recommendation') ?? (recommendations.filter(Boolean).join('\n') || undefined),
    workaround: textAt(element, 'workaround'),
    advisories: childrenOf(child(element, 'advisories'), 'advisory').map((entry) =>
      members({ url: textAt(entry, 'url') ?? (entry.text.trim() || undefined) }),
    ),
    analysis: analysisMembers(child(element, 'analysis')),
    affects: reference === undefined ? targetMembers(child(element, 'affects')) : [members({ ref: reference })],
  });
}

const sourceMembers = (source: XmlElement | undefined): JsonMembers | undefined =>
  source && members({ name: textAt(source, 'name') ?? source.attributes.name, url: textAt(source, 'url') });

const ratingMembers = (rating: XmlElement): JsonMembers =>
  members({
    source: sourceMembers(child(rating, 'source')),
    score: textAt(rating, 'score') ?? textAt(rating, 'score', 'base'),
    severity: textAt(rating, 'severity'),
    method: textAt(rating, 'method'),
    vector: textAt(rating, 'vector'),
  });

const analysisMembers = (analysis: XmlElement | undefined): JsonMembers | undefined =>
  analysis &&
  members({
    state: textAt(analysis, 'state'),
    justification: textAt(analysis, 'justification'),
    detail: textAt(analysis, 'detail'),
  });

const targetMembers = (affects: XmlElement | undefined): JsonMembers[] =>
  childrenOf(affects, 'target').map((target) =>
    members({
      ref: textAt(target, 'ref'),
      versions: childrenOf(child(target, 'versions'), 'version').map((entry) =>
        members({ version: textAt(entry, 'version'), range: textAt(entry, 'range'), status: textAt(entry, 'status') }),
      ),
    }),
  );

/** Tools stand in a list of their own until 1.4, and as components and services since 1.5. */
export function metadataMembers(metadata: XmlElement): JsonMembers {
  const tools = child(metadata, 'tools');
  const component = child(metadata, 'component');
  return members({
    timestamp: textAt(metadata, 'timestamp'),
    component: component && componentMembers(component),
    tools: [
      ...childrenOf(tools, 'tool'),
      ...childrenOf(child(tools, 'components'), 'component'),
      ...childrenOf(child(tools, 'services'), 'service'),
    ].map((tool) => members({ name: textAt(tool, 'name'), version: textAt(tool, 'version') })),
  });
}
