import { PackageURL } from 'packageurl-js';
import { ScangateError } from '../../../errors.js';
import type { Location } from '../../../model/finding.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, listIn, objectIn, wordsIn } from '../../../wire/take.js';

export type PackageLocation = Extract<Location, { kind: 'package' }>;

/** How many components are kept: what a finding needs of one is a few short texts. */
const MAX_COMPONENTS = 500_000;

/** Properties in which scanners write the place of a component, for boms older than `evidence.occurrences` (1.5). */
const PATH_PROPERTIES = ['syft:location:0:path', 'aquasecurity:trivy:FilePath'];

/** The components and services of a bom, by what `affects` refers to. The first of a reference counts. */
export class Components {
  private readonly places = new Map<string, PackageLocation>();
  /** Components and services, with and without a reference; the subject of the bom is none of them. */
  count = 0;

  /** Takes a component and everything nested in it. */
  add(component: JsonMembers, at: string): void {
    this.count++;
    this.addSubject(component, at);
  }

  /** Takes the subject of the bom, which can itself be affected. */
  addSubject(component: JsonMembers, at: string): void {
    const waiting = [component];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      this.keep(next, at);
      for (const key of ['components', 'services']) {
        for (const value of listIn(next, key, at)) waiting.push(asObject(value, `${at}.${key}[]`));
      }
    }
  }

  private keep(component: JsonMembers, at: string): void {
    const place = placeOf(component, at);
    if (!place) return;
    for (const key of [wordsIn(component, 'bom-ref', at), place.purl]) {
      if (key !== undefined && !this.places.has(key)) this.places.set(key, place);
    }
    if (this.places.size > 2 * MAX_COMPONENTS) {
      throw new ScangateError('SCANGATE_REPORT_SHAPE', `the bom has more than ${MAX_COMPONENTS} components`, {
        mend: 'write one bom for each artifact',
      });
    }
  }

  /** The component that a reference names, in this bom or, by its purl, in another one. */
  find(reference: string): PackageLocation | undefined {
    return this.places.get(reference) ?? this.places.get(fragmentOf(reference));
  }
}

/** Where a reference leads that no component of the bom answers to: a purl tells the package, anything else only its name. */
export function placeOfReference(reference: string): PackageLocation {
  const fragment = fragmentOf(reference);
  const purl = parsePurl(fragment);
  if (!purl) return { kind: 'package', name: fragment };
  return {
    kind: 'package',
    name: joinName(purl.type, purl.namespace, purl.name),
    version: purl.version,
    ecosystem: purl.type,
    purl: fragment,
  };
}

/** A bom-link (`urn:cdx:serial/version#ref`) names the component of another bom after the hash. */
function fragmentOf(reference: string): string {
  const hash = reference.startsWith('urn:cdx:') ? reference.indexOf('#') : -1;
  if (hash < 0) return reference;
  const fragment = reference.slice(hash + 1);
  try {
    return decodeURIComponent(fragment);
  } catch {
    // Not encoded: Trivy writes the purl as it is, and a purl may hold a lone percent sign.
    return fragment;
  }
}

function placeOf(component: JsonMembers, at: string): PackageLocation | undefined {
  const name = wordsIn(component, 'name', at);
  if (name === undefined) return undefined;
  const purl = wordsIn(component, 'purl', at);
  const ecosystem = purl === undefined ? undefined : /^pkg:\/*([A-Za-z0-9.+-]+)\//.exec(purl)?.[1]?.toLowerCase();
  return {
    kind: 'package',
    name: joinName(ecosystem, wordsIn(component, 'group', at), name),
    version: wordsIn(component, 'version', at),
    ecosystem,
    purl,
    path: pathOf(component, at),
  };
}

/** Distributions stand in the namespace of a purl but are no part of the package's name. */
const WITHOUT_NAMESPACE = new Set(['deb', 'rpm', 'apk', 'alpm']);

function joinName(ecosystem: string | undefined, group: string | undefined, name: string): string {
  if (group === undefined || (ecosystem !== undefined && WITHOUT_NAMESPACE.has(ecosystem))) return name;
  return `${group}${ecosystem === 'maven' ? ':' : '/'}${name}`;
}

function pathOf(component: JsonMembers, at: string): string | undefined {
  const [first] = listIn(objectIn(component, 'evidence', at) ?? {}, 'occurrences', `${at}.evidence`);
  const place =
    first === undefined ? undefined : wordsIn(asObject(first, `${at}.evidence.occurrences[]`), 'location', at);
  if (place !== undefined) return place;
  const properties = listIn(component, 'properties', at).map((value) => asObject(value, `${at}.properties[]`));
  const found = properties.find(({ name }) => typeof name === 'string' && PATH_PROPERTIES.includes(name));
  return found && wordsIn(found, 'value', `${at}.properties[]`);
}

function parsePurl(text: string): PackageURL | undefined {
  if (!text.startsWith('pkg:')) return undefined;
  try {
    return PackageURL.fromString(text);
  } catch {
    // Not a valid purl: the text itself is then the only name there is.
    return undefined;
  }
}
