import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { ScangateError } from '../../errors.js';

/** How much of a report is looked at to recognise its format, in bytes. */
export const HEAD_BYTES = 65_536;

/** The first part of a report, looked at without judging the rest. */
export interface ReportHead {
  syntax: 'json' | 'xml' | 'text';
  /** Up to {@link HEAD_BYTES}, decoded. */
  text: string;
  /** JSON: key paths seen so far, such as `runs[].tool.driver.name`, with the scalar where there is one. */
  paths: ReadonlyMap<string, string | number | boolean | null | undefined>;
  /** XML: local name, namespace and attributes of the root element. */
  root: { name: string; namespace: string | undefined; attributes: ReadonlyMap<string, string> } | undefined;
}

/** Reads the head. Throws `SCANGATE_REPORT_EMPTY`, `_BINARY` and `_ENCODING`. */
export function readHead(bytes: Uint8Array): ReportHead {
  if (bytes.length === 0) throw new ScangateError('SCANGATE_REPORT_EMPTY', 'the report is empty');
  const text = decodeHead(bytes).replace(/^\uFEFF/, '');
  const trimmed = text.trimStart();
  if (trimmed === '' && bytes.length < HEAD_BYTES) {
    throw new ScangateError('SCANGATE_REPORT_EMPTY', 'the report holds nothing but white space');
  }
  const first = trimmed[0];
  if (first === '{' || first === '[') return { syntax: 'json', text, paths: jsonPaths(trimmed), root: undefined };
  if (first === '<') return { syntax: 'xml', text, paths: new Map(), root: xmlRoot(trimmed) };
  return { syntax: 'text', text, paths: new Map(), root: undefined };
}

const MAGIC: [string, number[]][] = [
  ['gzip data', [0x1f, 0x8b]],
  ['a zip archive', [0x50, 0x4b, 0x03, 0x04]],
  ['a PDF file', [0x25, 0x50, 0x44, 0x46]],
  ['zstd data', [0x28, 0xb5, 0x2f, 0xfd]],
];

function decodeHead(bytes: Uint8Array): string {
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  if (utf16) return new TextDecoder(utf16).decode(bytes);
  const known = MAGIC.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte));
  if (known) throw new ScangateError('SCANGATE_REPORT_BINARY', `the report is ${known[0]}, not text`);
  if (bytes.includes(0)) throw new ScangateError('SCANGATE_REPORT_BINARY', 'the report holds binary data');
  const text = Buffer.from(bytes).toString('utf8');
  // A multi-byte character may be cut at the end of the head; other broken bytes are fine only where XML names its encoding.
  const whole = bytes.subarray(0, Math.max(0, bytes.length - 3));
  const declared = /^\s*<\?xml[^>]*encoding/.test(text);
  if (!declared && bytes.length > 3 && !isUtf8(trimCut(whole))) {
    throw new ScangateError('SCANGATE_REPORT_BINARY', 'the report is not valid UTF-8 text');
  }
  return text;
}

function trimCut(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && end > bytes.length - 4 && ((bytes[end - 1] as number) & 0xc0) === 0x80) end--;
  if (end > 0 && ((bytes[end - 1] as number) & 0xc0) === 0xc0) end--;
  return bytes.subarray(0, end);
}

const MAX_PATH_DEPTH = 5;
const TOKEN = /[{}[\],:]|"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/gsu;

interface Level {
  list: boolean;
  path: string;
  key: string | undefined;
}

/** A tolerant look at JSON that may be cut anywhere: key paths of the first levels, lists without their indexes. */
function jsonPaths(text: string): Map<string, string | number | boolean | null | undefined> {
  const paths = new Map<string, string | number | boolean | null | undefined>();
  const levels: Level[] = [];
  let afterColon = false;
  const note = (value: string | number | boolean | null | undefined): string => {
    const top = levels.at(-1);
    const path = !top
      ? ''
      : top.list
        ? `${top.path}[]`
        : top.path === ''
          ? (top.key ?? '')
          : `${top.path}.${top.key ?? ''}`;
    if (levels.length <= MAX_PATH_DEPTH && (!paths.has(path) || paths.get(path) === undefined)) paths.set(path, value);
    return path;
  };
  for (const [token] of text.matchAll(TOKEN)) {
    const top = levels.at(-1);
    if (token === '{' || token === '[') {
      const path = note(undefined);
      levels.push({ list: token === '[', path, key: undefined });
      afterColon = false;
    } else if (token === '}' || token === ']') {
      levels.pop();
      if (levels.length === 0) break;
    } else if (token === ':') afterColon = true;
    else if (token === ',') afterColon = false;
    else if (token.startsWith('"')) {
      if (top && !top.list && !afterColon) top.key = unquote(token);
      else note(unquote(token));
    } else note(token === 'null' ? null : token === 'true' ? true : token === 'false' ? false : Number(token));
  }
  return paths;
}

function unquote(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return String(JSON.parse(token));
  } catch {
    // Not a valid JSON string; the reader will say so with its place. For recognising, the raw text will do.
    return token.slice(1, -1);
  }
}

function xmlRoot(text: string): ReportHead['root'] {
  const start = /<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>/.exec(
    text.replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^>[]*(?:\[[\s\S]*?\])?[^>]*>/g, ''),
  );
  if (!start) return undefined;
  const [, prefix = '', name = '', attributeText = ''] = start;
  const attributes = new Map<string, string>();
  for (const [, key = '', double, single] of attributeText.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    attributes.set(key, double ?? single ?? '');
  }
  const namespace = attributes.get(prefix === '' ? 'xmlns' : `xmlns:${prefix.slice(0, -1)}`);
  return { name, namespace, attributes };
}
