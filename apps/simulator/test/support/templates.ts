import { deflateRawSync } from 'node:zlib';
import type { Asking, Driver, Reply } from './boot.js';

/** A zip archive; names that end with `.json` are stored, all others packed. */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const stored = name.endsWith('.json');
    const content = stored ? Buffer.from(text) : deflateRawSync(text);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(stored ? 0 : 8, 4);
    head.writeUInt32LE(content.length, 14);
    head.writeUInt32LE(Buffer.byteLength(text), 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), content]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), head, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(centrals.length, 4);
  end.writeUInt16LE(centrals.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
}

export const IAC = '/cloudview-api/rest/v1/iac';

interface Upload {
  readonly name?: string;
  readonly tags?: string;
  readonly onlyFailed?: string;
  /** In place of the archive of the files. */
  readonly file?: Uint8Array<ArrayBuffer>;
}

/** Sends templates as the vendor's clients do, with a user name and password to the portal. */
export async function upload(
  driver: Driver,
  files: Readonly<Record<string, string>>,
  more: Upload = {},
): Promise<Reply> {
  const form = new FormData();
  form.append('name', more.name ?? 'nightly');
  form.append('showOnlyFailedControls', more.onlyFailed ?? 'false');
  if (more.tags !== undefined) form.append('tags', more.tags);
  form.append('file', new Blob([more.file ?? new Uint8Array(zipOf(files))]), 'QUALYS.zip');
  const reply = await fetch(`${driver.simulator.announcement.portal}${IAC}/scan`, {
    method: 'POST',
    headers: { Authorization: driver.basic },
    body: form,
  });
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
}

/** The same form as a text: its archive is so short that every byte of it is one of ASCII. */
export function formOf(): Pick<Asking, 'headers'> & { readonly body: string } {
  const boundary = 'simulated-boundary';
  const field = (head: string, content: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
  const zip = zipOf({ 'main.json': '{}' }).toString('latin1');
  const body = `${field('name="name"', 'form')}${field('name="file"; filename="a.zip"', zip)}--${boundary}--\r\n`;
  return { headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` }, body };
}

export async function uploaded(
  driver: Driver,
  files: Readonly<Record<string, string>>,
  more: Upload = {},
): Promise<string> {
  return (JSON.parse((await upload(driver, files, more)).text) as { scanUuid: string }).scanUuid;
}

export const BUCKET = `resource "aws_s3_bucket" "logs" {
  acl = "public-read"
}

resource "aws_s3_bucket" "data" {
  versioning { enabled = true }
}
`;
