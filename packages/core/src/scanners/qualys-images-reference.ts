import { excerpt, ScangateError } from '../errors.js';
import type { JsonMembers } from '../wire/json.js';
import { wordsIn } from '../wire/take.js';
import { membersIn } from './qualys-images-members.js';

/** What a target calls an image, taken apart. */
export interface ImageReference {
  /** As the target has it, with the digest of the target. */
  text: string;
  /** Image id: 12 or 64 hex digits, without the name of the algorithm. */
  id?: string | undefined;
  /** Host of the registry; absent where the name has none, which is Docker Hub by custom. */
  registry?: string | undefined;
  repository?: string | undefined;
  tag?: string | undefined;
  /** 64 hex digits: of the manifest in the registry, or the image id. */
  digest?: string | undefined;
}

const ID = /^(?:sha256:)?([0-9a-f]{64}|[0-9a-f]{12})$/;
const DIGEST = /^sha256:([0-9a-f]{64})$/;
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+|\/)[a-z0-9]+)*$/;
const REGISTRY = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?$/;
const TAG = /^\w[\w.-]{0,127}$/;

const mistake = (text: string, what: string): ScangateError =>
  new ScangateError('SCANGATE_CONFIG_INVALID', `image "${excerpt(text, 120)}": ${what}`, {
    mend: 'write it as registry/repository:tag, registry/repository@sha256:DIGEST, or an image id of 12 or 64 hex digits',
  });

/**
 * Takes a reference apart by the rules of https://github.com/distribution/reference (read 2026-11-23). Nothing is added:
 * without a tag it is the repository. Throws `SCANGATE_CONFIG_INVALID`; what it lets through is safe inside a query.
 */
export function readReference(image: string, digest?: string): ImageReference {
  const text = digest === undefined || image.includes(digest) ? image : `${image}@${digest}`;
  const wanted = digest === undefined ? undefined : DIGEST.exec(digest)?.[1];
  if (digest !== undefined && wanted === undefined) throw mistake(text, 'the digest is not sha256: and 64 hex digits');
  const id = ID.exec(image)?.[1];
  if (id !== undefined) return { text, id, digest: wanted };
  const [name = '', own, ...more] = image.split('@');
  if (more.length > 0) throw mistake(text, 'it has more than one @');
  const ownDigest = own === undefined ? undefined : DIGEST.exec(own)?.[1];
  if (own !== undefined && ownDigest === undefined) throw mistake(text, 'the digest is not sha256: and 64 hex digits');
  if (wanted !== undefined && ownDigest !== undefined && wanted !== ownDigest) {
    throw mistake(text, 'it has one digest, and digest: has another');
  }
  return { text, ...nameOf(name, text), digest: wanted ?? ownDigest };
}

function nameOf(name: string, text: string): Pick<ImageReference, 'registry' | 'repository' | 'tag'> {
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const path = colon < 0 ? name : name.slice(0, colon);
  const tag = colon < 0 ? undefined : name.slice(colon + 1);
  const [first = '', ...rest] = path.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const repository = hasRegistry ? rest.join('/') : path;
  if (hasRegistry && !REGISTRY.test(first)) throw mistake(text, `"${excerpt(first)}" is no registry`);
  if (!REPOSITORY.test(repository)) throw mistake(text, `"${excerpt(repository)}" is no repository`);
  if (tag !== undefined && !TAG.test(tag)) throw mistake(text, `"${excerpt(tag)}" is no tag`);
  return { registry: hasRegistry ? first : undefined, repository, tag };
}

const DOCKER_HUB = new Set(['', 'docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/** The host of a registry, one for all the names of Docker Hub; the platform writes addresses too. */
export function registryHost(registry: string | undefined): string {
  const host = (registry ?? '')
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '');
  return DOCKER_HUB.has(host) ? 'docker.io' : host;
}

/** Official images of Docker Hub are written with and without `library/`. */
export const repositoryKey = (repository: string): string => repository.replace(/^library\//, '');

interface ImageName {
  registry: string;
  repository: string;
  tag?: string | undefined;
  digest?: string | undefined;
}

/** The names that the platform knows an image by: its tags, and its digests in registries. */
export function namesOf(image: JsonMembers, at: string): ImageName[] {
  return [...membersIn(image, 'repo', at), ...membersIn(image, 'repoDigests', at)].map((entry) => ({
    registry: registryHost(wordsIn(entry, 'registry', `${at}.repo[]`)),
    repository: repositoryKey(wordsIn(entry, 'repository', `${at}.repo[]`) ?? ''),
    tag: wordsIn(entry, 'tag', `${at}.repo[]`),
    digest: wordsIn(entry, 'digest', `${at}.repoDigests[]`)?.replace(/^.*sha256:/, ''),
  }));
}

/** Whether this is exactly the image that is meant: by id or digest where there is one, else by name and tag. */
export function isMeant(reference: ImageReference, image: JsonMembers, at: string): boolean {
  const sha = shaOf(image, at);
  const names = namesOf(image, at);
  const { id, digest, repository } = reference;
  if (id !== undefined && !sha.startsWith(id)) return false;
  if (digest !== undefined && digest !== sha && !names.some((name) => name.digest === digest)) return false;
  if (repository === undefined) return true;
  // A digest or id decides by itself: the tags of an image move, and a registry is often known by several names.
  if (digest !== undefined) return true;
  return names.some((name) => isSameName(reference, name));
}

function isSameName({ registry, repository, tag }: ImageReference, name: ImageName): boolean {
  return (
    repository !== undefined &&
    name.registry === registryHost(registry) &&
    name.repository === repositoryKey(repository) &&
    (tag === undefined || name.tag === tag)
  );
}

/** Image id in 64 hex digits. */
export function shaOf(image: JsonMembers, at: string): string {
  const sha = wordsIn(image, 'sha', at)
    ?.replace(/^sha256:/, '')
    .toLowerCase();
  if (sha !== undefined && /^[0-9a-f]{64}$/.test(sha)) return sha;
  const got = sha === undefined ? 'is missing' : `is not 64 hex digits: "${excerpt(sha, 30)}"`;
  throw new ScangateError('SCANGATE_QUALYS_ANSWER', `${at}.sha ${got}`);
}
