import { ScangateError } from '../../../errors.js';
import type { Location } from '../../../model/finding.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, listIn, numberIn, objectIn, wordsIn } from '../../../wire/take.js';

/** Where an entry of `run.artifacts` lies. */
export interface Artifact {
  uri: string | undefined;
  uriBaseId: string | undefined;
}

/** What a place may refer to: the lists of its run. */
export interface PlaceContext {
  run: JsonMembers;
  artifacts: readonly Artifact[];
}

export function artifactOf(value: unknown): Artifact {
  const location = objectIn(asObject(value, 'artifacts[]'), 'location', 'artifacts[]') ?? {};
  return { uri: wordsIn(location, 'uri', 'artifacts[]'), uriBaseId: wordsIn(location, 'uriBaseId', 'artifacts[]') };
}

/** Whether a place of the result is a mere number into a list of the run that was not read yet. */
export function waitsForLists(result: JsonMembers, run: JsonMembers): boolean {
  const places = listIn(result, 'locations', 'result').map((value) => asObject(value, 'locations[]'));
  const isNumber = (members: JsonMembers, key: string): boolean =>
    members[key] === undefined && members.index !== undefined;
  const waitsFor = (list: string, waits: (place: JsonMembers) => boolean): boolean =>
    !Object.hasOwn(run, list) && places.some(waits);
  return (
    waitsFor('artifacts', (place) => isNumber(artifactLocationOf(place) ?? {}, 'uri')) ||
    waitsFor('logicalLocations', (place) => logicalOf(place).some((logical) => isNumber(logical, 'fullyQualifiedName')))
  );
}

/**
 * Where a result is: the address of the web request, else its first physical place, else its first logical one. Further
 * places belong to the same result and are told in words ({@link furtherPlaces}).
 */
export function locationOf(result: JsonMembers, context: PlaceContext, id: string, at: string): Location {
  const places = listIn(result, 'locations', at).map((value) => asObject(value, `${at}.locations[]`));
  const request = objectIn(result, 'webRequest', at) ?? {};
  const method = wordsIn(request, 'method', at);
  for (const place of places) {
    const location = physicalPlace(place, context, method);
    if (location) return location;
  }
  const target = wordsIn(request, 'target', at);
  if (target !== undefined) return { kind: 'web', url: target, method };
  for (const place of places) {
    for (const logical of logicalOf(place)) {
      const name = logicalName(logical, context.run);
      if (name !== undefined) return { kind: 'control', control: id, subject: name };
    }
  }
  const analysed = artifactPath(objectIn(result, 'analysisTarget', at), context);
  if (analysed === undefined) return { kind: 'none' };
  return isWeb(analysed) ? { kind: 'web', url: analysed, method } : { kind: 'file', path: analysed };
}

const MAX_FURTHER = 10;

/** The places after the first, as a sentence; undefined when there are none. */
export function furtherPlaces(result: JsonMembers, context: PlaceContext, at: string): string | undefined {
  const places = listIn(result, 'locations', at)
    .slice(1)
    .map((value) => asObject(value, `${at}.locations[]`));
  const named = places.slice(0, MAX_FURTHER).flatMap((place) => {
    const location = physicalPlace(place, context, undefined);
    if (location?.kind === 'file')
      return [location.line === undefined ? location.path : `${location.path}:${location.line}`];
    return location?.kind === 'web' ? [location.url ?? ''] : [];
  });
  if (named.length === 0) return undefined;
  const more = places.length - named.length;
  return `Also at ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function physicalPlace(place: JsonMembers, context: PlaceContext, method: string | undefined): Location | undefined {
  const at = 'physicalLocation';
  const physical = objectIn(place, at, 'location');
  const path = artifactPath(artifactLocationOf(place), context);
  if (!physical || path === undefined) return undefined;
  if (isWeb(path)) return { kind: 'web', url: path, method };
  const region = objectIn(physical, 'region', at) ?? {};
  return {
    kind: 'file',
    path,
    line: lineIn(region, 'startLine'),
    endLine: lineIn(region, 'endLine'),
    resource: resourceOf(place, context.run),
  };
}

const artifactLocationOf = (place: JsonMembers): JsonMembers | undefined =>
  objectIn(objectIn(place, 'physicalLocation', 'location') ?? {}, 'artifactLocation', 'physicalLocation');

const logicalOf = (place: JsonMembers): JsonMembers[] =>
  listIn(place, 'logicalLocations', 'location').map((value) => asObject(value, 'logicalLocations[]'));

function logicalName(logical: JsonMembers, run: JsonMembers): string | undefined {
  const index = numberIn(logical, 'index', 'logicalLocations[]') ?? -1;
  const listed = index < 0 ? undefined : listIn(run, 'logicalLocations', 'run')[index];
  const all = listed === undefined ? logical : { ...asObject(listed, 'logicalLocations[]'), ...logical };
  return wordsIn(all, 'fullyQualifiedName', 'logicalLocations[]') ?? wordsIn(all, 'name', 'logicalLocations[]');
}

/** Only a logical place that says what it is: some tools write image digests there, which change with every build. */
function resourceOf(place: JsonMembers, run: JsonMembers): string | undefined {
  const logical = logicalOf(place).find((candidate) => wordsIn(candidate, 'kind', 'logicalLocations[]') !== undefined);
  return logical && logicalName(logical, run);
}

/** A line number; 0 and below say nothing. */
function lineIn(region: JsonMembers, key: string): number | undefined {
  const line = numberIn(region, key, 'region');
  if (line !== undefined && !Number.isInteger(line))
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `region.${key}: ${line} is no line`);
  return line !== undefined && line > 0 ? line : undefined;
}

const isWeb = (uri: string): boolean => /^https?:\/\//i.test(uri);

/** The path or the web address of an artifact, below its base where the base is a relative one. */
function artifactPath(location: JsonMembers | undefined, { run, artifacts }: PlaceContext): string | undefined {
  if (!location) return undefined;
  const at = 'artifactLocation';
  const index = numberIn(location, 'index', at) ?? -1;
  const uri = wordsIn(location, 'uri', at) ?? artifacts[index]?.uri;
  if (uri === undefined || isWeb(uri)) return uri;
  const bases = objectIn(run, 'originalUriBaseIds', 'run') ?? {};
  const baseId = wordsIn(location, 'uriBaseId', at) ?? artifacts[index]?.uriBaseId;
  return decodedPath(`${basePath(bases, baseId)}${belowBase(bases, uri)}`);
}

const MAX_BASES = 10;

/** The relative part of a base; the absolute one is the build machine's own. */
function basePath(bases: JsonMembers, baseId: string | undefined): string {
  let path = '';
  let id = baseId;
  for (let step = 0; step < MAX_BASES && id !== undefined && Object.hasOwn(bases, id); step++) {
    const base = objectIn(bases, id, 'originalUriBaseIds') ?? {};
    const uri = wordsIn(base, 'uri', 'originalUriBaseIds') ?? '';
    if (/^[a-z][a-z0-9+.-]*:/i.test(uri)) break;
    path = uri + path;
    id = wordsIn(base, 'uriBaseId', 'originalUriBaseIds');
  }
  return path;
}

/** An absolute file address without the base that it lies in. */
function belowBase(bases: JsonMembers, uri: string): string {
  if (!uri.startsWith('file:')) return uri;
  for (const id of Object.keys(bases)) {
    const base = wordsIn(objectIn(bases, id, 'originalUriBaseIds') ?? {}, 'uri', 'originalUriBaseIds');
    if (base?.startsWith('file:') && base.endsWith('/') && uri.startsWith(base) && uri.length > base.length)
      return uri.slice(base.length);
  }
  return uri;
}

function decodedPath(uri: string): string {
  const file = /^file:\/\/([^/]*)(\/.*)$/is.exec(uri);
  const host = file?.[1] === 'localhost' ? '' : (file?.[1] ?? '');
  const bare = file
    ? `${host === '' ? '' : `//${host}`}${(file[2] as string).replace(/^\/+/, '/')}`
    : uri.replace(/^file:/i, '');
  const path = bare.replace(/^\/([A-Za-z]:)/, '$1');
  try {
    return decodeURIComponent(path);
  } catch (error) {
    // Tools that do not encode write a bare per cent sign: the text is the path.
    if (error instanceof URIError) return path;
    throw error;
  }
}
