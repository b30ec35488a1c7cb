import { describe, expect, it } from 'vitest';
import type { TextCache } from '../../src/qualys/index.js';
import { platform, type Sent } from './support.js';

const VULN_86002 = `<VULN><QID>86002</QID><VULN_TYPE>Vulnerability</VULN_TYPE><SEVERITY_LEVEL>2</SEVERITY_LEVEL>
<TITLE><![CDATA[SSL Certificate &amp; names]]></TITLE><CATEGORY>General remote services</CATEGORY>
<LAST_SERVICE_MODIFICATION_DATETIME>2020-02-20T08:00:00Z</LAST_SERVICE_MODIFICATION_DATETIME>
<PUBLISHED_DATETIME>2019-01-16T08:00:00Z</PUBLISHED_DATETIME><PATCHABLE>1</PATCHABLE>
<VENDOR_REFERENCE_LIST><VENDOR_REFERENCE><ID>KB-1</ID><URL>https://vendor.example/kb1</URL></VENDOR_REFERENCE>
<VENDOR_REFERENCE><ID>KB-2</ID></VENDOR_REFERENCE></VENDOR_REFERENCE_LIST>
<CVE_LIST><CVE><ID>cve-2021-1234</ID><URL>x</URL></CVE><CVE><ID>CVE-2020-0001</ID></CVE></CVE_LIST>
<DIAGNOSIS><![CDATA[An <b>SSL</b> certificate<P>names another host.]]></DIAGNOSIS>
<CONSEQUENCE><![CDATA[N/A]]></CONSEQUENCE><SOLUTION><![CDATA[Renew it.<BR>Twice.]]></SOLUTION>
<SOLUTION_COMMENT>Ask the web team.</SOLUTION_COMMENT>
<CVSS><BASE source="service">5.4</BASE><VECTOR_STRING>CVSS:2.0/AV:N/AC:H/Au:N/C:C/I:N/A:N</VECTOR_STRING></CVSS>
<CVSS_V3><BASE>6.8</BASE><VECTOR_STRING>CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:N/A:N</VECTOR_STRING>
<CVSS3_VERSION>3.1</CVSS3_VERSION></CVSS_V3><PCI_FLAG>0</PCI_FLAG>
<THREAT_INTELLIGENCE><THREAT_INTEL id="5"><![CDATA[Easy_Exploit]]></THREAT_INTEL></THREAT_INTELLIGENCE>
<DISCOVERY><REMOTE>1</REMOTE></DISCOVERY><IS_DISABLED>0</IS_DISABLED></VULN>`;

const ENTRY_86002 = {
  qid: '86002',
  title: 'SSL Certificate & names',
  vulnType: 'Vulnerability',
  category: 'General remote services',
  severityLevel: 2,
  cves: ['CVE-2021-1234', 'CVE-2020-0001'],
  cvss: [
    { version: '2.0', score: 5.4, vector: 'CVSS:2.0/AV:N/AC:H/Au:N/C:C/I:N/A:N', source: 'service' },
    { version: '3.0', score: 6.8, vector: 'CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:N/A:N' },
  ],
  pci: false,
  patchable: true,
  diagnosis: 'An SSL certificate\nnames another host.',
  solution: 'Renew it.\nTwice.\nAsk the web team.',
  publishedAt: '2019-01-16T08:00:00Z',
  modifiedAt: '2020-02-20T08:00:00Z',
  vendorReferences: [{ id: 'KB-1', url: 'https://vendor.example/kb1' }, { id: 'KB-2' }],
  threats: ['Easy_Exploit'],
  isDisabled: false,
};

const bare = (qid: string) => `<VULN><QID>${qid}</QID></VULN>`;
const bareEntry = (qid: string) => ({ qid, cves: [], cvss: [], vendorReferences: [], threats: [] });

const output = (vulns: string) =>
  `<KNOWLEDGE_BASE_VULN_LIST_OUTPUT><RESPONSE>${vulns === '' ? '' : `<VULN_LIST>${vulns}</VULN_LIST>`}</RESPONSE></KNOWLEDGE_BASE_VULN_LIST_OUTPUT>`;

const idsOf = ({ body }: Sent) => (new URLSearchParams(body).get('ids') ?? '').split(',');

/** Knows every QID but those above 900000. */
const knowing = (sent: Sent, response: { end: (text: string) => unknown }) =>
  void response.end(
    output(
      idsOf(sent)
        .filter((id) => Number(id) < 900_000)
        .map((id) => (id === '86002' ? VULN_86002 : bare(id)))
        .join(''),
    ),
  );

function memory(): TextCache & { texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    get: async (key) => texts.get(key),
    put: async (key, text) => void texts.set(key, text),
  };
}

describe('lookUp', () => {
  it('gives entries in plain text', async () => {
    const { client, sent } = await platform(knowing);
    const { entries, missing } = await client.knowledgeBase.lookUp([86002, '150001', '150001']);
    expect(Object.fromEntries(entries)).toEqual({ 86002: ENTRY_86002, 150001: bareEntry('150001') });
    expect(missing).toEqual([]);
    expect(sent.map(({ url, body }) => [url, body])).toEqual([
      ['/api/3.0/fo/knowledge_base/vuln/', 'action=list&details=All&ids=86002%2C150001'],
    ]);
  });

  it('tells what is missing, and goes on (defect W-4)', async () => {
    const { client, sent } = await platform(knowing);
    const { entries, missing } = await client.knowledgeBase.lookUp(['900001', '86002', 'abc', '1-99999', '']);
    expect([...entries.keys()]).toEqual(['86002']);
    expect(missing).toEqual(['900001', 'abc', '1-99999', '']);
    expect(sent.map(idsOf)).toEqual([['900001', '86002']]);
  });

  it('passes over what has no QID', async () => {
    const { client } = await platform((_, response) => void response.end(output(`<VULN/>${bare('5')}`)));
    expect([...(await client.knowledgeBase.lookUp([5])).entries.keys()]).toEqual(['5']);
  });

  it('nothing is known: no list at all', async () => {
    const { client } = await platform(knowing);
    expect(await client.knowledgeBase.lookUp(['900001'])).toEqual({ entries: new Map(), missing: ['900001'] });
  });

  it('asks for nothing when there is nothing to ask', async () => {
    const { client, sent } = await platform(knowing);
    expect(await client.knowledgeBase.lookUp([])).toEqual({ entries: new Map(), missing: [] });
    expect(sent).toEqual([]);
  });

  it('in batches, all of them (defect W-7)', async () => {
    const { client, sent } = await platform(knowing);
    const qids = Array.from({ length: 800 }, (_, index) => 150_001 + index);
    const { entries } = await client.knowledgeBase.lookUp(qids);
    expect(entries.size).toBe(800);
    expect(sent.map((one) => idsOf(one).length)).toEqual([350, 350, 100]);
  });

  it('follows the pages of a batch, and takes only what was asked for', async () => {
    const { client } = await platform((sent, response) => {
      const isFirst = sent.method === 'POST';
      const url = `http://${sent.headers.host}/api/3.0/fo/knowledge_base/vuln/?action=list&id_min=6`;
      const warning = `<WARNING><CODE>1980</CODE><URL><![CDATA[${url}]]></URL></WARNING>`;
      response.end(
        `<KNOWLEDGE_BASE_VULN_LIST_OUTPUT><RESPONSE><VULN_LIST>${isFirst ? bare('5') : bare('6') + bare('7')}</VULN_LIST>${
          isFirst ? warning : ''
        }</RESPONSE></KNOWLEDGE_BASE_VULN_LIST_OUTPUT>`,
      );
    });
    const { entries, missing } = await client.knowledgeBase.lookUp([5, 6, 8]);
    expect([[...entries.keys()], missing]).toEqual([['5', '6'], ['8']]);
  });

  it.each([
    ['a severity that is none', '<SEVERITY_LEVEL>9</SEVERITY_LEVEL>'],
    ['a score that is none', '<CVSS_V3><BASE>high</BASE></CVSS_V3>'],
    ['a score beyond the scale', '<CVSS><BASE>11</BASE></CVSS>'],
    ['a score of what was never scored', '<CVSS><BASE>0.0</BASE></CVSS>'],
    ['an empty score', '<CVSS><BASE></BASE></CVSS>'],
    ['a flag that is none', '<PCI_FLAG>maybe</PCI_FLAG>'],
  ])('%s is absent, never guessed', async (_, part) => {
    const { client } = await platform((__, response) => void response.end(output(`<VULN><QID>5</QID>${part}</VULN>`)));
    expect((await client.knowledgeBase.lookUp([5])).entries.get('5')).toEqual(bareEntry('5'));
  });
});

describe('the cache', () => {
  it('is asked first, and filled', async () => {
    const cache = memory();
    const first = await platform(knowing, { cache });
    await first.client.knowledgeBase.lookUp(['86002', '900001']);
    const second = await platform(knowing, { cache });
    const { entries, missing } = await second.client.knowledgeBase.lookUp(['86002', '900001', '5']);
    expect(entries.get('86002')).toEqual(ENTRY_86002);
    expect(missing).toEqual(['900001']);
    expect(second.sent.map(idsOf)).toEqual([['900001', '5']]);
    expect([...cache.texts.keys()]).toEqual(['qualys-knowledge-base-3.0-86002', 'qualys-knowledge-base-3.0-5']);
  });

  it('does not keep entries beyond their time', async () => {
    const cache = memory();
    let time = 1_000_000;
    const { client, sent } = await platform(knowing, { cache, cacheTtlMs: 5000, now: () => time });
    for (const step of [0, 4999, 1, 0]) {
      time += step;
      await client.knowledgeBase.lookUp([5]);
    }
    expect(sent).toHaveLength(2);
  });

  it.each([
    ['nonsense', 'oops'],
    ['half of it', '{"schema":1,"fetchedMs":'],
    ['another schema', JSON.stringify({ schema: 2, fetchedMs: 0, entry: bareEntry('5') })],
    ['no date', JSON.stringify({ schema: 1, entry: bareEntry('5') })],
    ['a date in the future', JSON.stringify({ schema: 1, fetchedMs: 8e15, entry: bareEntry('5') })],
    ['another QID', JSON.stringify({ schema: 1, fetchedMs: 0, entry: bareEntry('6') })],
    ['an entry of another form', JSON.stringify({ schema: 1, fetchedMs: 0, entry: { qid: '5', cves: 'none' } })],
    ['an entry that lies', JSON.stringify({ schema: 1, fetchedMs: 0, entry: { ...bareEntry('5'), pci: 'no' } })],
    ['null', 'null'],
  ])('is not believed when it holds %s', async (_, text) => {
    const cache = memory();
    cache.texts.set('qualys-knowledge-base-3.0-5', text);
    const { client, sent } = await platform(knowing, { cache, cacheTtlMs: Number.MAX_SAFE_INTEGER });
    expect((await client.knowledgeBase.lookUp([5])).entries.get('5')).toEqual(bareEntry('5'));
    expect(sent).toHaveLength(1);
  });
});
