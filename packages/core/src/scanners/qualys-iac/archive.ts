import { hash } from 'node:crypto';
import { zipSync } from 'fflate';
import { excerpt, ScangateError } from '../../errors.js';
import type { Machine } from '../machine.js';
import { counted } from '../problem.js';
import type { Selection } from './details.js';
import { type Gathered, gather, type Template } from './gather.js';

/** The platform takes less. Source: the vendor's own program, read 2026-11-23. */
export const MAX_ARCHIVE_BYTES = 10_485_760;
/** Text becomes a tenth in the archive at best: what is larger than this never fits, and is not read. */
const MAX_CONTENT_BYTES = 128 * 1024 * 1024;
const SHOWN = 5;

/** The earliest date that an archive can hold. Without a zone, so that it is the same text in every zone. */
const FIXED_DATE = '1980-01-01T00:00:00';

/** The contents of the templates, by their names. */
export interface Contents extends Gathered {
  byName: Map<string, Uint8Array>;
  /** Of names and contents, hex: the same for the same templates, on every machine and in every version. */
  sha256: string;
}

export interface Archive extends Contents {
  zip: Uint8Array;
}

/** Reads the templates. Throws `SCANGATE_TARGET_FILES` for none, too much, and what cannot be read. */
export async function readTemplates(selection: Selection, machine: Machine): Promise<Contents> {
  const gathered = await gather(selection, machine);
  const { templates } = gathered;
  const total = templates.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > MAX_CONTENT_BYTES) {
    throw tooLarge(`${counted(templates.length, 'template')} have ${sizeOf(total)}`, templates);
  }
  const byName = new Map<string, Uint8Array>();
  const lines: string[] = [];
  for (const { path, name } of templates) {
    const content = await machine.read(path, MAX_CONTENT_BYTES);
    byName.set(name, content);
    lines.push(JSON.stringify([name, hash('sha256', content, 'hex')]));
  }
  return { ...gathered, byName, sha256: hash('sha256', lines.join('\n'), 'hex') };
}

/** The templates as the platform takes them. The same templates give the same bytes. */
export async function archiveOf(selection: Selection, machine: Machine): Promise<Archive> {
  const contents = await readTemplates(selection, machine);
  const zip = zipSync(Object.fromEntries(contents.byName), { level: 9, mtime: FIXED_DATE });
  if (zip.byteLength >= MAX_ARCHIVE_BYTES) {
    const what = `the archive of ${counted(contents.templates.length, 'template')} has ${sizeOf(zip.byteLength)}`;
    throw tooLarge(what, contents.templates);
  }
  return { ...contents, zip };
}

function tooLarge(what: string, templates: readonly Template[]): ScangateError {
  const largest = templates
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, SHOWN)
    .map(({ name, bytes }) => `${excerpt(name, 100)} (${sizeOf(bytes)})`);
  return new ScangateError(
    'SCANGATE_TARGET_FILES',
    `${what}, and the platform takes less than ${sizeOf(MAX_ARCHIVE_BYTES)}; the largest: ${largest.join(', ')}`,
    { mend: 'leave files that are no templates out with exclude, or give parts of the folder targets of their own' },
  );
}

const sizeOf = (bytes: number): string => `${bytes.toLocaleString('en-GB')} bytes`;
