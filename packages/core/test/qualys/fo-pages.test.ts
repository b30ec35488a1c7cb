import { describe, expect, it } from 'vitest';
import type { FoPage } from '../../src/qualys/index.js';
import { textAt } from '../../src/wire/xml.js';
import { errorOf } from '../support/local-server.js';
import { inTurn, platform, type Sent, simpleReturn, text } from './support.js';

const HOST = 'HOST_LIST_OUTPUT/RESPONSE/HOST_LIST/HOST';

const page = (ids: number[], warning = '') =>
  `<?xml version="1.0" encoding="UTF-8" ?>
<!DOCTYPE HOST_LIST_OUTPUT SYSTEM "https://qualysapi.example.test/host_list_output.dtd">
<!-- evaluation //-->
<HOST_LIST_OUTPUT><RESPONSE><DATETIME>2026-11-02T10:00:00Z</DATETIME><!-- keep-alive -->${
    ids.length === 0 ? '' : `<HOST_LIST>${ids.map((id) => `<HOST><ID>${id}</ID></HOST>`).join('')}</HOST_LIST>`
  }${warning}</RESPONSE></HOST_LIST_OUTPUT>
<!-- CONFIDENTIAL -->`;

const warning = (url: string) => `<WARNING><CODE>1980</CODE><TEXT>more</TEXT><URL><![CDATA[${url}]]></URL></WARNING>`;

const CALL = { path: '/api/2.0/fo/asset/host/', fields: { action: 'list' }, safe: true, records: [HOST] } as const;

const originOf = (sent: Sent) => `http://${sent.headers.host}`;

/** Pages in turn, each naming the address that it is given. */
const pages = (...steps: ((origin: string) => string)[]) =>
  inTurn(
    ...steps.map(
      (step) => (sent: Sent, response: Parameters<ReturnType<typeof text>>[1]) =>
        void response.end(step(originOf(sent))),
    ),
  );

async function idsOf(all: AsyncIterable<FoPage>): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  for await (const { records } of all) ids.push(...records.map(({ element }) => textAt(element, 'ID')));
  return ids;
}

describe('foPages', () => {
  it('follows the address in the warning', async () => {
    const next = (id: number) => (origin: string) =>
      warning(`${origin}/api/2.0/fo/asset/host/?action=list&id_min=${id}`);
    const { client, sent } = await platform(
      pages(
        (origin) => page([1, 2], next(3)(origin)),
        (origin) => page([3], next(4)(origin)),
        () => page([]),
      ),
    );
    expect(await idsOf(client.foPages(CALL))).toEqual(['1', '2', '3']);
    expect(sent.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/api/2.0/fo/asset/host/', 'action=list'],
      ['GET', '/api/2.0/fo/asset/host/?action=list&id_min=3', ''],
      ['GET', '/api/2.0/fo/asset/host/?action=list&id_min=4', ''],
    ]);
  });

  it('hands out what else stands in the response', async () => {
    const { client } = await platform(text(page([1], '<WARNING><TEXT>note</TEXT></WARNING>')));
    for await (const { response } of client.foPages(CALL)) {
      expect(textAt(response, 'WARNING', 'TEXT')).toBe('note');
      expect(textAt(response, 'DATETIME')).toBe('2026-11-02T10:00:00Z');
    }
  });

  it.each(['https://evil.example/api/2.0/fo/asset/host/?id_min=3', '//evil.example/', 'file:///etc/passwd'])(
    'refuses the address %s, and sends it nothing',
    async (url) => {
      const { client, sent } = await platform(text(page([1], warning(url))));
      expect(await errorOf(idsOf(client.foPages(CALL)))).toMatchObject({ code: 'SCANGATE_HTTP_ORIGIN' });
      expect(sent).toHaveLength(1);
    },
  );

  it.each([
    ['another call', '/api/2.0/fo/scan/?action=cancel', 'the address of the next page belongs to another call'],
    [
      'an address that was read',
      '/api/2.0/fo/asset/host/?action=list&id_min=3',
      'a page points to one that was read before',
    ],
  ])('refuses %s', async (_, url, message) => {
    const { client } = await platform(pages((origin) => page([1], warning(origin + url))));
    const error = await errorOf(idsOf(client.foPages(CALL)));
    expect(error).toMatchObject({ code: 'SCANGATE_QUALYS_ANSWER' });
    expect(error.message).toContain(message === 'a page points to one that was read before' ? 'a page' : message);
  });

  it('refuses a page that leads back', async () => {
    const to = (id: number) => (origin: string) => page([1], warning(`${origin}${CALL.path}?action=list&id_min=${id}`));
    const { client } = await platform(pages(to(9), to(5)));
    const error = await errorOf(idsOf(client.foPages(CALL)));
    expect(error.message).toContain('a page leads back: id_min 5 comes after 9');
  });

  it.each([
    [
      'a list that is cut without an address',
      page([1], '<WARNING><CODE>1980</CODE></WARNING>'),
      'the list is truncated',
    ],
    ['another list', '<OTHER><RESPONSE/></OTHER>', 'the answer is <OTHER> instead of <HOST_LIST_OUTPUT>'],
    ['a success that is no list', simpleReturn(undefined, 'ok'), 'the answer is <SIMPLE_RETURN>'],
    ['no response', '<HOST_LIST_OUTPUT/>', 'the answer holds no <RESPONSE>'],
    ['JSON', '{"a":1}', 'the answer is not XML'],
    ['an internal DTD', '<!DOCTYPE A [<!ENTITY x "y">]><HOST_LIST_OUTPUT/>', 'the answer cannot be read'],
  ])('%s is an error', async (_, answer, message) => {
    const { client } = await platform(text(answer));
    const error = await errorOf(idsOf(client.foPages(CALL)));
    expect(error).toMatchObject({ code: 'SCANGATE_QUALYS_ANSWER' });
    expect(error.message).toContain(message);
  });

  it('an error envelope with status 200 is an error', async () => {
    const { client } = await platform(text(simpleReturn('1905', 'parameter ids has invalid value')));
    expect(await errorOf(idsOf(client.foPages(CALL)))).toMatchObject({
      code: 'SCANGATE_QUALYS_REQUEST',
      platformCode: '1905',
      platformText: 'parameter ids has invalid value',
    });
  });

  it('a page that breaks off is read again', async () => {
    const whole = page([1, 2]);
    const { client, sent } = await platform(inTurn(text(whole.slice(0, -80)), text(whole)));
    expect(await idsOf(client.foPages(CALL))).toEqual(['1', '2']);
    expect(sent).toHaveLength(2);
  });
});
