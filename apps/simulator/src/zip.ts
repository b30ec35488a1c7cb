/** Reads an archive by its central directory (PKWARE APPNOTE 6.3.x): what a client uploads has to be a real one. */
import { inflateRawSync } from 'node:zlib';

export class BadArchive extends Error {}

export interface ArchivedFile {
  readonly name: string;
  readonly text: string;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const MAX_CONTENT_BYTES = 256 * 1024 * 1024;

function endOf(bytes: Buffer): number {
  const least = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT_BYTES);
  for (let at = bytes.length - END_BYTES; at >= least; at -= 1) if (bytes.readUInt32LE(at) === END) return at;
  throw new BadArchive('The file is not a valid zip archive.');
}

function contentOf(bytes: Buffer, central: number): Buffer {
  const method = bytes.readUInt16LE(central + 10);
  const packed = bytes.readUInt32LE(central + 20);
  const local = bytes.readUInt32LE(central + 42);
  if (bytes.readUInt32LE(local) !== LOCAL) throw new BadArchive('The archive has an entry without its header.');
  const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const content = bytes.subarray(begin, begin + packed);
  if (method === 0) return content;
  if (method !== 8) throw new BadArchive(`The archive uses method ${method}.`);
  return inflateRawSync(content, { maxOutputLength: MAX_CONTENT_BYTES });
}

/** The files of an archive. Throws BadArchive. */
export function readZip(bytes: Buffer): readonly ArchivedFile[] {
  try {
    const end = endOf(bytes);
    const files: ArchivedFile[] = [];
    let at = bytes.readUInt32LE(end + 16);
    for (let index = 0; index < bytes.readUInt16LE(end + 10); index += 1) {
      if (bytes.readUInt32LE(at) !== CENTRAL) throw new BadArchive('The directory of the archive is broken.');
      const length = bytes.readUInt16LE(at + 28);
      const name = bytes.toString('utf8', at + 46, at + 46 + length);
      if (!name.endsWith('/')) files.push({ name, text: contentOf(bytes, at).toString('utf8') });
      at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    }
    return files;
  } catch (error) {
    if (error instanceof BadArchive) throw error;
    // Reading beyond the end, or data that does not unpack.
    if (error instanceof RangeError || (error as { code?: unknown }).code !== undefined) {
      throw new BadArchive('The file is not a valid zip archive.');
    }
    throw error;
  }
}
