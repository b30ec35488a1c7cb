/** Reads the recorded calls of the real platform. They stay where they are: nothing of them is copied. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface RecordedCall {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly answer: string;
}

export interface Recording {
  readonly name: string;
  readonly calls: readonly RecordedCall[];
}

interface Named {
  readonly name: string;
  readonly value: string;
}

interface HarEntry {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly Named[];
    readonly postData?: { readonly text?: string };
  };
  readonly response: {
    readonly status: number;
    readonly headers: readonly Named[];
    readonly content: { readonly text?: string };
  };
}

const root = fileURLToPath(new URL('../../../../', import.meta.url));

export const RECORDINGS = join(process.env.SCANGATE_CORPUS ?? join(root, '../shared/corpus'), 'qualys-har');

const headersOf = (headers: readonly Named[]): Record<string, string> =>
  Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value]));

function readCall({ request, response }: HarEntry): RecordedCall {
  const url = new URL(request.url);
  const body = request.postData?.text;
  return {
    method: request.method,
    target: `${url.pathname}${url.search}`,
    headers: headersOf(request.headers),
    ...(body === undefined ? {} : { body }),
    status: response.status,
    answerHeaders: headersOf(response.headers),
    answer: response.content.text ?? '',
  };
}

/** The recordings, or none when the folder is not there. */
export function readRecordings(): readonly Recording[] {
  if (!existsSync(RECORDINGS)) return [];
  const files = readdirSync(RECORDINGS).filter((file) => file.endsWith('.har'));
  return files.sort().map((name) => {
    const har = JSON.parse(readFileSync(join(RECORDINGS, name), 'utf8')) as {
      readonly log: { readonly entries: readonly HarEntry[] };
    };
    return { name, calls: har.log.entries.map(readCall) };
  });
}
