import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CiAdapter, CiServer, Environment } from '../ci/ci-adapter.js';
import { REPORTERS } from '../reporters/index.js';
import { type BuiltDelivery, buildMany, buildTextDelivery, deliveryFixtures, toDelivery } from './delivery-fixtures.js';
import { expectHarmless, renderReport } from './describe-reporter.js';
import { openGoldenFolder } from './golden-folder.js';
import { HOSTILE_TEXTS } from './hostile.js';
import { parseText, skeletonOf } from './skeleton.js';

type ServerRequest = Parameters<CiServer['request']>[0];
type ServerAnswer = { status: number; text: string; headers?: Readonly<Record<string, string>> };

export interface AdapterGoldenContract {
  /**
   * Environment and server for `publish`. What the adapter asks and appends becomes a golden file. Without `answer` no
   * request may be made.
   */
  server?: { env: Environment; answer?(request: ServerRequest): ServerAnswer };
  /** Characters that a file of 5,000 findings with long texts may have, by its name. Default 30,000,000. */
  maxChars?: Readonly<Record<string, number>>;
}

/** What one run gives: `stdout.txt`, every file by its name, and `requests.txt` with what the server was asked. */
export type RenderedDelivery = ReadonlyMap<string, string>;

/** Everything an adapter makes of a run, as text. */
export async function renderDelivery(
  adapter: CiAdapter,
  built: BuiltDelivery,
  { server }: AdapterGoldenContract = {},
): Promise<RenderedDelivery> {
  const { stdout, files } = adapter.deliver(built.input);
  const judged = { ruleNames: [...built.ruleNames], findings: [...built.findings], judgement: built.input };
  const rendered: [string, string][] = [
    ...(stdout === '' ? [] : [['stdout.txt', stdout] as [string, string]]),
    ...files.map(({ name, content }): [string, string] => [name, content]),
    ...(adapter.reports ?? []).map((reporter): [string, string] => [reporter.fileName, renderReport(reporter, judged)]),
  ];
  if (server) rendered.push(['requests.txt', await requestsOf(adapter, built, server)]);
  const names = rendered.map(([name]) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  return new Map(rendered);
}

async function requestsOf(
  adapter: CiAdapter,
  { input }: BuiltDelivery,
  { env, answer }: NonNullable<AdapterGoldenContract['server']>,
): Promise<string> {
  const lines: string[] = [];
  const said = await adapter.publish?.(input, {
    env,
    request: async (request) => {
      const { method, url, headers, body } = request;
      const named = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      lines.push(`${method} ${url}`, ...named, ...(body === undefined ? [] : [body]), '');
      if (!answer) throw new Error(`${method} ${url} is not answered in this test`);
      return { headers: {}, ...answer(request) };
    },
    append: (path, content) => {
      lines.push(`append to ${path}`, typeof content === 'string' ? content : `(the report ${content.path})`, '');
    },
  });
  return `${[...lines, `said: ${said ?? 'nothing'}`].join('\n')}\n`;
}

const MAX_GOLDEN_CHARS = 20_000;
const HEAD_LINES = 20;
const TAIL_LINES = 10;
const MAX_LINE_CHARS = 400;

const cutLine = (line: string): string =>
  line.length > MAX_LINE_CHARS
    ? `${line.slice(0, MAX_LINE_CHARS)}... (${line.length - MAX_LINE_CHARS} characters more)`
    : line;

/** A text that is too long to be read again at every change: its size, its digest, its beginning and its end. */
function digestOf(text: string): string {
  const lines = text.split('\n').map(cutLine);
  return [
    `characters: ${text.length}`,
    `lines: ${lines.length}`,
    `sha256: ${createHash('sha256').update(text).digest('hex')}`,
    `--- the first ${HEAD_LINES} lines`,
    ...lines.slice(0, HEAD_LINES),
    `--- the last ${TAIL_LINES} lines`,
    ...lines.slice(-TAIL_LINES),
    '',
  ].join('\n');
}

const kept = (name: string, text: string): [string, string] =>
  text.length > MAX_GOLDEN_CHARS ? [`${name}.digest`, digestOf(text)] : [name, text];

const hostileTexts = fc.array(
  fc
    .array(fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary', maxLength: 8 })), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts) => parts.join(''))
    .filter((text) => text.trim() !== ''),
  { minLength: 1, maxLength: 2 },
);

const skeletonsOf = (rendered: RenderedDelivery): Record<string, unknown> =>
  Object.fromEntries([...rendered].map(([name, text]) => [name, skeletonOf(name, text)]));

/**
 * The same verdicts through every adapter, compared with the files in `folder` (`golden` beside the test), which
 * `SCANGATE_UPDATE_GOLDEN=1` writes anew; and what no text of an attacker may do to what it writes.
 */
export function describeAdapterGolden(adapter: CiAdapter, folder: string, contract: AdapterGoldenContract = {}): void {
  const golden = openGoldenFolder(folder);
  const own = adapter.reports ?? [];
  const fixtures = deliveryFixtures(own);

  describe(`CI adapter ${adapter.tool}: golden files`, () => {
    beforeAll(() => golden.clear?.());

    it.each(fixtures)('writes what is expected: $name', async ({ name, build }) => {
      const rendered = await renderDelivery(adapter, await build(), contract);
      const files = new Map([...rendered].map(([file, text]) => kept(file, text)));
      for (const [file, text] of files) golden.write?.(`${name}/${file}`, text);
      const expected = golden.list().filter((path) => path.startsWith(`${name}/`));
      expect([...files.keys()].map((file) => `${name}/${file}`).toSorted()).toEqual(expected);
      for (const [file, text] of files) expect(text, file).toBe(golden.read(`${name}/${file}`));
    });

    it('has golden files of these verdicts and of no other', () => {
      const folders = new Set(golden.list().map((path) => path.slice(0, path.indexOf('/'))));
      const known = fixtures.map(({ name }) => name);
      expect([...folders].filter((name) => !known.includes(name))).toEqual([]);
    });

    it('gives its reports formats and file names of their own', () => {
      for (const { format, fileName } of own) {
        expect(REPORTERS.filter((other) => other.format === format || other.fileName === fileName)).toEqual([]);
        expect(own.filter((other) => other.format === format || other.fileName === fileName)).toHaveLength(1);
      }
    });
  });

  describe(`CI adapter ${adapter.tool}: laws of its files`, () => {
    it.each(fixtures)('writes the same bytes twice, well formed and harmless: $name', async ({ build }) => {
      const rendered = await renderDelivery(adapter, await build(), contract);
      expect(await renderDelivery(adapter, await build(), contract)).toEqual(rendered);
      expectSound(rendered);
    });

    it('keeps its shape whatever a report, a policy or a branch says', async () => {
      await fc.assert(
        fc.asyncProperty(hostileTexts, async (texts) => {
          const calmTexts = texts.map((_, index) => `calm ${index}`);
          const calm = await renderDelivery(adapter, await buildTextDelivery(calmTexts, own), contract);
          const rendered = await renderDelivery(adapter, await buildTextDelivery(texts, own), contract);
          expectSound(rendered);
          expect(skeletonsOf(rendered)).toEqual(skeletonsOf(calm));
        }),
        { numRuns: 60 },
      );
    });

    it('says news in one line, whatever is in it', () => {
      fc.assert(
        fc.property(hostileTexts, (texts) => {
          const [calm, said] = [adapter.progress?.('calm') ?? '\n', adapter.progress?.(texts.join('')) ?? '\n'];
          expect([said.endsWith('\n'), skeletonOf('news.txt', said)]).toEqual([true, skeletonOf('news.txt', calm)]);
        }),
      );
    });

    it('holds 5,000 findings with long texts within its limits', async () => {
      const built = toDelivery(await buildMany(5_000, ' long'.repeat(1_500)), '', own);
      for (const [name, text] of await renderDelivery(adapter, built, contract)) {
        parseText(name, text);
        expect(text.length, name).toBeLessThanOrEqual(contract.maxChars?.[name] ?? 30_000_000);
      }
    });
  });
}

/** Standard output is in the tool's own syntax and has the law of `describeCiAdapter`. */
function expectSound(rendered: RenderedDelivery): void {
  for (const [name, text] of rendered) {
    parseText(name, text);
    if (name !== 'stdout.txt') expectHarmless(text);
  }
}
