import { excerpt, ScangateError } from '../../errors.js';
import type { Machine, TreeEntry } from '../machine.js';
import { counted, listNames } from '../problem.js';
import type { Selection } from './details.js';
import { foldersAbove, GITIGNORE, IgnoredPaths, readIgnoreFile } from './gitignore.js';

/** Kinds of files that the platform takes. Source: the vendor's plugin for Jenkins and its program, read 2026-11-23. */
const KINDS = ['.tf', '.json', '.yml', '.yaml', '.template'];

const isTemplate = (path: string): boolean => KINDS.some((kind) => path.toLowerCase().endsWith(kind));

/** A template: where it lies on the machine, and what it is called in the archive. */
export interface Template {
  /** As the machine reads it. */
  path: string;
  /** Relative to the folder of the target, with forward slashes. */
  name: string;
  bytes: number;
}

/** The templates of a target, in the order of their names, and what was left out. */
export interface Gathered {
  templates: Template[];
  /** Links, which are never followed. */
  links: string[];
  /** Ignored by Git. */
  ignored: number;
  /** Left out by `include` and `exclude`, or hidden. */
  excluded: number;
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

const joined = (folder: string, name: string): string => `${folder.replace(/[/\\]+$/, '')}/${name}`;

/** Which templates the target has. Throws `SCANGATE_TARGET_FILES` when there is none. */
export async function gather(selection: Selection, machine: Machine): Promise<Gathered> {
  const { path } = selection;
  const found: TreeEntry[] = [];
  const ignoreFiles: string[] = [];
  for await (const entry of machine.list(path)) {
    if (entry.path === '') return single(path, entry);
    if (entry.kind === 'link' || (entry.kind === 'file' && isTemplate(entry.path))) found.push(entry);
    if (entry.kind === 'file' && isIgnoreFile(entry.path)) ignoreFiles.push(entry.path);
  }
  const isIgnored = selection.gitignore ? await ignoredBelow(path, ignoreFiles, machine) : () => false;
  const wanted = await wantedBy(selection);
  const gathered: Gathered = { templates: [], links: [], ignored: 0, excluded: 0 };
  for (const { path: name, bytes, kind } of found) {
    if (kind === 'link') {
      if (!isIgnored(name) && wanted.mayHold(name)) gathered.links.push(name);
    } else if (isIgnored(name)) gathered.ignored++;
    else if (wanted.takes(name)) gathered.templates.push({ path: joined(path, name), name, bytes });
    else gathered.excluded++;
  }
  gathered.templates.sort(byName);
  gathered.links.sort();
  if (gathered.templates.length === 0) throw nothingThere(path, gathered);
  return gathered;
}

const isIgnoreFile = (path: string): boolean => path === GITIGNORE || path.endsWith(`/${GITIGNORE}`);

/** The path names one file. */
function single(path: string, { kind, bytes }: TreeEntry): Gathered {
  const name = path.split(/[/\\]/).at(-1) ?? path;
  if (kind !== 'file' || !isTemplate(name)) {
    const kinds = `a file of a kind that is not scanned (${KINDS.join(', ')} are)`;
    const what = kind === 'file' ? kinds : kind === 'link' ? 'a link, which is not followed' : 'no file';
    throw new ScangateError('SCANGATE_TARGET_FILES', `${excerpt(path, 200)} is ${what}`);
  }
  return { templates: [{ path, name, bytes }], links: [], ignored: 0, excluded: 0 };
}

/** Whether Git ignores what lies below the path, by the files there and in the folders above. */
async function ignoredBelow(
  path: string,
  ignoreFiles: readonly string[],
  machine: Machine,
): Promise<(name: string) => boolean> {
  const below = new IgnoredPaths();
  for (const file of ignoreFiles) {
    below.add(file.slice(0, -GITIGNORE.length), await readIgnoreFile(machine, joined(path, file)));
  }
  const above = foldersAbove(path);
  const folder = `${path
    .split(/[/\\]+/)
    .filter((part) => part !== '' && part !== '.')
    .join('/')}/`;
  const outer = new IgnoredPaths();
  for (const parent of above) {
    const text = await ignoreFileAbove(machine, parent);
    if (text !== undefined) outer.add(parent, text);
  }
  // Whoever names a folder wants it, although Git does not: what a build step has just made is ignored as a rule.
  const isChosen = above.length === 0 || outer.has(folder);
  return (name) => below.has(name) || (!isChosen && outer.has(`${folder}${name}`));
}

/** Without one, or with one that cannot be read, more is scanned and nothing less. */
async function ignoreFileAbove(machine: Machine, folder: string): Promise<string | undefined> {
  try {
    return await readIgnoreFile(machine, `${folder}${GITIGNORE}`);
  } catch (error) {
    if (error instanceof ScangateError && error.code === 'SCANGATE_TARGET_FILES') return undefined;
    throw error;
  }
}

interface Wanted {
  takes(name: string): boolean;
  /** Whether what a link leads to might be wanted, be it a file or a folder. */
  mayHold(name: string): boolean;
}

/** Hidden files and folders are left out unless a pattern names them, as the vendor's own program does. */
async function wantedBy({ include = ['**'], exclude }: Selection): Promise<Wanted> {
  const { default: picomatch } = await import('picomatch');
  const plain = (pattern: string): string => pattern.replace(/^\.?\//, '').replace(/\/$/, '/**');
  const isIncluded = picomatch(include.map(plain));
  const isVisible = picomatch('**');
  const isExcluded = picomatch(exclude.map(plain), { dot: true });
  return {
    takes: (name) => isIncluded(name) && !isExcluded(name),
    mayHold: (name) => (isIncluded(name) || isVisible(name)) && !isExcluded(name),
  };
}

function nothingThere(path: string, { ignored, excluded, links }: Gathered): ScangateError {
  const left = [
    ignored > 0 ? `Git ignores ${ignored}` : undefined,
    excluded > 0 ? `${excluded} are hidden, or left out by include and exclude` : undefined,
    links.length > 0 ? `${counted(links.length, 'link is', 'links are')} not followed: ${listNames(links)}` : undefined,
  ].filter((part) => part !== undefined);
  const why = left.length === 0 ? '' : ` (${left.join('; ')})`;
  return new ScangateError(
    'SCANGATE_TARGET_FILES',
    `there is nothing to scan in ${excerpt(path, 200)}: no file ends with ${KINDS.join(', ')}${why}`,
    { mend: 'correct path, include or exclude; gitignore: false takes what Git ignores too' },
  );
}
