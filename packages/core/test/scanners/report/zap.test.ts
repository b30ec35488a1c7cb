import { describe, expect, it } from 'vitest';
import { zap } from '../../../src/scanners/report/zap/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

type Json = Record<string, unknown>;

const instance = {
  uri: 'https://shop.example/search?q=x%3Cscript%3E&page=2',
  method: 'GET',
  param: 'q',
  attack: 'x<script>',
  evidence: 'x<script>',
  otherinfo: '',
};
const alert = {
  pluginid: '40012',
  alertRef: '40012-1',
  alert: 'Cross Site Scripting (Reflected)',
  name: 'Cross Site Scripting (Reflected)',
  riskcode: '3',
  confidence: '2',
  riskdesc: 'High (Medium)',
  desc: '<p>Input is shown as it is.</p><p>Twice.</p>',
  instances: [instance, { ...instance, uri: 'https://shop.example/other' }],
  count: '2',
  solution: '<p>Escape &lt;b&gt; it.</p>',
  otherinfo: '<p>Seen in HTML.</p>',
  reference: '<p>https://owasp.example/xss</p><p>https://cwe.example/79</p>',
  cweid: '79',
  wascid: '8',
  sourceid: '3',
  tags: [
    { tag: 'OWASP_2021_A03', link: 'https://owasp.example' },
    { tag: 'CVE-2099-0001', link: '' },
  ],
};
const site = (alerts: unknown, name = 'https://shop.example'): Json => ({
  '@name': name,
  '@host': 'shop.example',
  '@port': '443',
  '@ssl': 'true',
  alerts,
});
const report = (sites: unknown, more: Json = {}): string =>
  JSON.stringify({
    '@programName': 'ZAP',
    '@version': '2.16.0',
    '@generated': 'Fri, 4 Feb 2026 13:04:51',
    created: '2026-02-04T13:04:51.236Z',
    ...more,
    site: sites,
  });
const one = (members: Json): string => report([site([{ ...alert, instances: [instance], count: '1', ...members }])]);

const xmlAlert = `<alertitem><pluginid>40012</pluginid><alertRef>40012-1</alertRef><alert>Cross Site Scripting (Reflected)</alert>
  <name>Cross Site Scripting (Reflected)</name><riskcode>3</riskcode><confidence>2</confidence><riskdesc>High (Medium)</riskdesc>
  <desc>&lt;p&gt;Input is shown as it is.&lt;/p&gt;&lt;p&gt;Twice.&lt;/p&gt;</desc>
  <instances>
    <instance><uri>https://shop.example/search?q=x%3Cscript%3E&amp;page=2</uri><method>GET</method><param>q</param><attack>x&lt;script&gt;</attack>
      <evidence>x&lt;script&gt;</evidence><otherinfo></otherinfo><requestheader>GET /</requestheader><responsebody>secret page</responsebody></instance>
    <instance><uri>https://shop.example/other</uri><method>GET</method><param>q</param><attack>x&lt;script&gt;</attack><evidence>x&lt;script&gt;</evidence></instance>
  </instances>
  <count>2</count><solution>&lt;p&gt;Escape &amp;lt;b&amp;gt; it.&lt;/p&gt;</solution><otherinfo>&lt;p&gt;Seen in HTML.&lt;/p&gt;</otherinfo>
  <reference>&lt;p&gt;https://owasp.example/xss&lt;/p&gt;&lt;p&gt;https://cwe.example/79&lt;/p&gt;</reference>
  <cweid>79</cweid><wascid>8</wascid><sourceid>3</sourceid>
  <tags><tag><tag>OWASP_2021_A03</tag><link>https://owasp.example</link></tag><tag><tag>CVE-2099-0001</tag><link/></tag></tags></alertitem>`;
const xml = (alerts: string, count = 1): string =>
  `<?xml version="1.0"?><OWASPZAPReport programName="ZAP" version="2.16.0" generated="Fri, 4 Feb 2026 13:04:51" created="2026-02-04T13:04:51.236Z">
  ${`<site name="https://shop.example" host="shop.example" port="443" ssl="true"><alerts>${alerts}</alerts></site>`.repeat(count)}</OWASPZAPReport>`;

describeReader(zap, {
  samples: [
    {
      name: 'JSON with two places of an alert',
      report: report([site([alert])]),
      count: 2,
      findings: ['https://shop.example/search?q=&page=2', 'https://shop.example/other'].map((url, index) => ({
        vulnerability: {
          source: 'zap',
          id: '40012-1',
          title: 'Cross Site Scripting (Reflected)',
          aliases: ['CVE-2099-0001', '40012', 'WASC-8'],
          cwe: [79],
          owasp: ['A03:2021'],
          links: ['https://owasp.example/xss', 'https://cwe.example/79'],
        },
        kind: 'confirmed',
        severity: 'high',
        vendorSeverity: 'High (Medium)',
        location: { kind: 'web', url, method: 'GET', parameter: 'q' },
        description: 'Input is shown as it is.\nTwice.',
        remediation: 'Escape <b> it.',
        evidence: `Attack: x<script>\nRequest: GET ${index === 0 ? instance.uri : url}\nEvidence: x<script>\nSeen in HTML.`,
      })),
    },
    { name: 'XML with requests and responses', report: xml(xmlAlert), count: 2 },
    {
      name: 'JSON with requests and responses',
      report: one({ instances: [{ ...instance, 'request-header': 'GET /', 'response-body': 'secret page' }] }),
      count: 1,
    },
    { name: 'a site without alerts', report: report([site([])]), count: 0 },
    { name: 'XML of two sites without alerts', report: xml('', 2), count: 0 },
    { name: 'no site', report: report([]), count: 0, hasEvidence: false, problems: ['SCANGATE_SCAN_NOTHING_REACHED'] },
    {
      name: 'no list of sites',
      report: JSON.stringify({ '@programName': 'ZAP', '@version': '2.16.0' }),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    {
      name: 'XML without a site',
      report: xml('', 0),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_NOTHING_REACHED'],
    },
    {
      name: 'a bare site, as old reports have it',
      report: JSON.stringify({ '@version': '2.6.0', site: site([alert]) }),
      count: 2,
    },
    {
      name: 'an alert with its own address, as old reports have it',
      report: one({ instances: undefined, count: undefined, uri: 'https://shop.example/a', param: 'p' }),
      count: 1,
    },
    { name: 'an alert with an empty list', report: one({ instances: [], count: '0' }), count: 1 },
    {
      name: 'an alert of the whole site, counted by a word',
      report: one({ count: 'Systemic', systemic: true }),
      count: 1,
    },
    {
      name: 'fewer places than counted',
      report: one({ count: '7' }),
      count: 1,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    {
      name: 'XML with fewer places than counted',
      report: xml(xmlAlert.replace('<count>2<', '<count>20<')),
      count: 2,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    {
      name: 'a count without places',
      report: one({ instances: undefined, count: '2' }),
      count: 1,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    {
      name: 'insights that speak against the scan',
      report: report([site([])], {
        insights: [
          {
            level: 'High',
            key: 'insight.auth.failure',
            description: 'Percentage of authentication failures',
            site: 'https://shop.example',
            statistic: '100',
          },
          {
            level: 'Medium',
            key: 'insight.network.failure',
            description: 'Percentage of network failures',
            statistic: '60',
          },
          {
            level: 'Medium',
            key: 'insight.network.failure',
            description: 'Percentage of network failures',
            statistic: '100',
          },
          { level: 'Medium', key: 'insight.memory.usage', statistic: '85' },
          { level: 'Low', key: 'insight.log.warn', statistic: '3' },
          { level: 'Info', key: 'insight.code.2xx', statistic: '95' },
        ],
      }),
      count: 0,
      problems: ['SCANGATE_SCAN_AUTH_FAILED', 'SCANGATE_SCAN_INCOMPLETE', 'SCANGATE_SCAN_NOTHING_REACHED'],
    },
    {
      name: 'errors of the plan',
      report: report([site([])], { afPlanErrors: ['Job spider failed'] }),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
  ],
  unknownSeverity: report([site([alert])]).replace('"riskcode":"3"', '"riskcode":"9"'),
  wrongTypes: [
    {
      name: 'the report of an authentication test',
      report: JSON.stringify({ '@programName': 'ZAP', '@version': '2.17.0', site: 'https://shop.example' }),
    },
    { name: 'a site is text', report: report(['https://shop.example']) },
    { name: 'alerts is an object', report: report([site({ a: alert })]) },
    { name: 'an alert is text', report: report([site(['x'])]) },
    { name: 'instances is an object', report: one({ instances: { a: instance } }) },
    { name: 'an instance is a list', report: one({ instances: [[]] }) },
    { name: 'an address is a list', report: one({ instances: [{ uri: ['a'] }] }) },
    { name: 'a description is an object', report: one({ desc: {} }) },
    { name: 'a count is a word', report: one({ count: 'many' }) },
    {
      name: 'neither number nor name',
      report: one({ pluginid: undefined, alertRef: undefined, alert: undefined, name: undefined }),
    },
    { name: 'insights is an object', report: report([], { insights: {} }) },
    { name: 'XML with an element where text belongs', report: xml(xmlAlert.replace('<riskcode>3', '<riskcode><b/>3')) },
    { name: 'XML without number and name', report: xml('<alertitem><riskcode>3</riskcode></alertitem>') },
    { name: 'XML with entities of its own', report: xml('').replace('<OWASP', '<!DOCTYPE a [<!ENTITY x "y">]><OWASP') },
  ],
});

describe('zap', () => {
  const first = async (members: Json) => (await readAll(zap, one(members))).findings[0];

  it('reads XML and JSON into the same', async () => {
    const json = await readAll(zap, report([site([alert])]));
    const same = await readAll(zap, xml(xmlAlert));
    expect(same).toEqual(json);
    expect(json.statement).toEqual({
      tool: { name: 'ZAP', version: '2.16.0' },
      subject: 'https://shop.example',
      finishedAt: '2026-02-04T13:04:51.236Z',
      evidence: 'ZAP lists 1 site that it accessed: https://shop.example',
      problems: [],
    });
  });

  it('tells kinds and severities by risk and confidence', async () => {
    const rows = [
      ['3', '4', 'confirmed', 'high'],
      ['2', '3', 'confirmed', 'medium'],
      ['1', '2', 'confirmed', 'low'],
      ['3', '1', 'potential', 'high'],
      ['0', '3', 'information', 'info'],
      ['0', '1', 'information', 'info'],
      ['7', '7', 'confirmed', 'unknown'],
      [undefined, undefined, 'confirmed', 'unknown'],
    ];
    for (const [riskcode, confidence, kind, severity] of rows)
      expect(await first({ riskcode, confidence })).toMatchObject({ kind, severity });
  });

  it('sets aside what was marked as false positive', async () => {
    expect((await first({ confidence: '0' }))?.ignored).toEqual({ reason: 'marked as false positive in ZAP' });
    expect((await first({ confidence: '1' }))?.ignored).toBeUndefined();
  });

  it('tells alerts of one plugin apart, and alerts raised by hand by their name', async () => {
    const idOf = async (members: Json) => (await first(members))?.vulnerability;
    expect(await idOf({ alertRef: undefined, tags: undefined })).toMatchObject({ id: '40012', aliases: ['WASC-8'] });
    expect(
      await idOf({ pluginid: '-1', alertRef: '-1', alert: 'By hand', tags: undefined, wascid: '-1', cweid: '-1' }),
    ).toMatchObject({ id: 'By hand', aliases: [] });
    expect((await idOf({ cweid: '0' }))?.cwe).toBeUndefined();
  });

  it('carries no request and no response', async () => {
    expect(JSON.stringify(await readAll(zap, xml(xmlAlert)))).not.toContain('secret page');
    expect(
      JSON.stringify(await readAll(zap, one({ instances: [{ ...instance, 'response-body': 'secret page' }] }))),
    ).not.toContain('secret page');
  });
});
