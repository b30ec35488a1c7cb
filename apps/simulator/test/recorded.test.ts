/** The witness: the simulator's answers against recorded answers of the real platform, call by call. */
import { describe, expect, test } from 'vitest';
import { COVERED } from '../src/coverage.js';
import { ROUTES } from '../src/routes/index.js';
import { boot, type Driver } from './support/boot.js';
import { recordedTenant } from './support/recorded-tenant.js';
import { RECORDINGS, type RecordedCall, type Recording, readRecordings } from './support/recordings.js';
import { all, parseXml, paths, textOf, type XmlDocument, type XmlNode } from './support/xml.js';

const recordings = readRecordings();

/** Deviations, each with its reason. */
const EVERY_RELEASE_HAS_OTHER_MODULES = /^data\/Portal-Version\/[A-Za-z0-9_]+-VERSION$/;

/** Kinds of records: what their element sets are kept apart by. */
const KINDS: Readonly<Record<string, string>> = { Finding: 'type', VULN: 'VULN_TYPE' };

/** Element paths of a document, and of its records by kind. */
function shape(document: XmlNode): Readonly<Record<string, readonly string[]>> {
  const shapes = new Map<string, Set<string>>();
  const add = (kind: string, found: ReadonlySet<string>): void => {
    shapes.set(kind, new Set([...(shapes.get(kind) ?? []), ...found]));
  };
  const plain = [...paths(document)].map((path) =>
    EVERY_RELEASE_HAS_OTHER_MODULES.test(path) ? 'data/Portal-Version/*-VERSION' : path,
  );
  add('document', new Set(plain));
  for (const [name, kind] of Object.entries(KINDS)) {
    for (const node of all(document, name)) {
      // Whether a finding has a parameter is a fact of the finding, so both sorts are compared apart.
      const more = textOf(node, 'param') === undefined ? '' : ' with parameter';
      add(`${name} ${textOf(node, kind) ?? ''}${more}`, paths(node));
    }
  }
  return Object.fromEntries([...shapes].sort().map(([kind, found]) => [kind, [...found].sort()]));
}

interface Envelope {
  readonly status: number;
  readonly root: string;
  readonly declared: boolean;
  readonly doctype: string | undefined;
  readonly comments: boolean;
  readonly responseCode: string | undefined;
  readonly code: string | undefined;
  readonly count: string | undefined;
  readonly records: Readonly<Record<string, number>>;
  readonly headers: readonly string[];
}

const COMPARED_HEADERS = [
  'x-ratelimit-limit',
  'x-ratelimit-window-sec',
  'x-ratelimit-remaining',
  'x-ratelimit-towait-sec',
  'x-concurrency-limit-limit',
  'x-concurrency-limit-running',
  'x-powered-by',
  'evaluation',
];

function envelope(status: number, document: XmlDocument, headers: (name: string) => string | null): Envelope {
  const { root } = document;
  const count = (name: string): number => all(root, name).length;
  return {
    status,
    root: root.name,
    declared: document.declared,
    // The address and the path of the type definition changed over the years; the root it is for did not.
    doctype: document.doctype?.split(/\s/)[0],
    comments: document.comments.length > 0,
    responseCode: textOf(root, 'responseCode'),
    code: textOf(root, 'RESPONSE', 'CODE'),
    count: textOf(root, 'count'),
    records: Object.fromEntries(['WebApp', 'Finding', 'VULN', 'HostAsset', 'ID'].map((name) => [name, count(name)])),
    headers: COMPARED_HEADERS.filter((name) => headers(name) !== null),
  };
}

async function repeat(driver: Driver, call: RecordedCall): Promise<{ document: XmlDocument; envelope: Envelope }> {
  const refused = call.answer.includes('INVALID_CREDENTIALS');
  const { 'content-type': contentType, 'x-requested-with': requestedWith } = call.headers;
  const reply = await driver.ask(call.target, {
    method: call.method,
    anonymous: refused,
    headers: {
      ...(contentType ? { 'Content-Type': contentType } : {}),
      ...(requestedWith ? { 'X-Requested-With': requestedWith } : {}),
      ...(refused ? { Authorization: `Basic ${Buffer.from('simul_ab1:wrong').toString('base64')}` } : {}),
    },
    ...(call.body === undefined || call.method === 'GET' ? {} : { body: call.body }),
  });
  const document = parseXml(reply.text);
  return { document, envelope: envelope(reply.status, document, (name) => reply.headers.get(name)) };
}

async function compare(recording: Recording): Promise<void> {
  const driver = await boot({ seed: recordedTenant(recording) });
  for (const call of recording.calls) {
    const recorded = parseXml(call.answer);
    const simulated = await repeat(driver, call);
    const where = `${recording.name}: ${call.method} ${call.target}`;
    const wanted = envelope(call.status, recorded, (name) => call.answerHeaders[name] ?? null);
    expect(simulated.envelope, where).toEqual(wanted);
    expect(shape(simulated.document.root), where).toEqual(shape(recorded.root));
  }
}

describe('recorded answers', () => {
  if (recordings.length === 0) {
    console.warn(`No recordings in ${RECORDINGS}: answers are compared with the table of documented routes only.`);
    test('are not here, so every recorded route must at least exist', () => {
      const recorded = COVERED.filter(({ since }) => since === 'recorded').map(({ route }) => route);
      expect(ROUTES.map(({ name }) => name)).toEqual(expect.arrayContaining(recorded));
    });
    return;
  }

  test('are the 29 files', () => {
    expect(recordings).toHaveLength(29);
  });

  test.each(recordings.map((recording) => [recording.name, recording] as const))('%s', async (_, recording) => {
    await compare(recording);
  });
});
