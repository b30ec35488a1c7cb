import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ScangateError } from '@scangate/core';
import type { HttpAnswer, HttpClient } from '@scangate/core/http';
import type { Download } from '@scangate/core/scanners';
import { reasonOf } from '../disk.js';

const MAX_BYTES = 1024 ** 3;
const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

export interface DownloadWorld {
  http: HttpClient;
  /** Programs lie in folders below it, named by their checksum. */
  folder: string;
  signal: AbortSignal;
  newId(): string;
  log(line: string): void;
}

const unverified = (message: string, mend?: string): ScangateError =>
  new ScangateError('SCANGATE_PROGRAM_UNVERIFIED', message, mend === undefined ? {} : { mend });

/** Path of a program with this checksum, from the cache or from its address. Nothing unverified can be executed. */
export async function download({ url, sha256 }: Download, world: DownloadWorld): Promise<string> {
  const wanted = sha256.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(wanted)) throw unverified('the pinned checksum is no SHA-256 in hex', 'pin the whole one');
  requireHttps(url);
  const path = join(world.folder, wanted, 'program');
  if (existsSync(path)) {
    if ((await digestOf(path)) === wanted) return path;
    world.log(`${path} was changed since it was downloaded, and is downloaded anew`);
    stored(path, () => rmSync(path, { force: true }));
  }
  await fetchTo(path, url, wanted, world);
  return path;
}

function requireHttps(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address?.protocol === 'https:') return address;
  throw unverified('a program is downloaded by https:// alone', 'give its https:// address');
}

async function fetchTo(path: string, url: string, wanted: string, world: DownloadWorld): Promise<void> {
  const answer = await request(url, world);
  const temporary = `${path}.${process.pid}.${world.newId()}.tmp`;
  const hash = createHash('sha256');
  stored(path, () => mkdirSync(dirname(path), { recursive: true, mode: 0o700 }), answer);
  try {
    const descriptor = stored(path, () => openSync(temporary, 'wx', 0o600));
    try {
      for await (const chunk of answer.body) {
        hash.update(chunk);
        stored(path, () => writeAll(descriptor, chunk));
      }
      stored(path, () => fsyncSync(descriptor));
    } finally {
      closeSync(descriptor);
    }
    const actual = hash.digest('hex');
    if (actual !== wanted) {
      throw unverified(`${new URL(url).host} gave a file with the checksum ${actual}; pinned is ${wanted}`);
    }
    stored(path, () => {
      chmodSync(temporary, 0o700);
      renameSync(temporary, path);
    });
  } finally {
    answer.close();
    rmSync(temporary, { force: true });
  }
}

/** The file itself: what an address points to is as good, since the checksum decides. */
async function request(url: string, { http, signal }: DownloadWorld): Promise<HttpAnswer> {
  let address = requireHttps(url);
  for (let followed = 0; followed <= MAX_REDIRECTS; followed++) {
    const headers = { 'accept-encoding': 'identity' };
    const answer = await http.request({
      method: 'GET',
      url: address.href,
      headers,
      safe: true,
      signal,
      maxBodyBytes: MAX_BYTES,
    });
    if (answer.status === 200) return answer;
    answer.close();
    const { location } = answer.headers;
    if (!REDIRECTS.includes(answer.status) || location === undefined || !URL.canParse(location, address.href)) {
      const message = `${address.host} answers with status ${answer.status} in place of the program`;
      throw new ScangateError('SCANGATE_PROGRAM_MISSING', message, { mend: 'correct the address of the download' });
    }
    address = requireHttps(new URL(location, address.href).href);
  }
  throw new ScangateError('SCANGATE_PROGRAM_MISSING', `${new URL(url).host} redirects without an end`, {
    mend: 'give the address of the file itself',
  });
}

function writeAll(descriptor: number, chunk: Uint8Array): void {
  for (let written = 0; written < chunk.length; ) written += writeSync(descriptor, chunk, written);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch (cause) {
    throw unstored(path, cause);
  }
  return hash.digest('hex');
}

const unstored = (path: string, cause: unknown): ScangateError =>
  new ScangateError('SCANGATE_PROGRAM_MISSING', `${path} cannot be used: ${reasonOf(cause)}`, {
    cause,
    mend: 'choose another folder with --cache, and free some space',
  });

function stored<T>(path: string, work: () => T, answer?: HttpAnswer): T {
  try {
    return work();
  } catch (cause) {
    answer?.close();
    throw unstored(path, cause);
  }
}
