import { describe, expect, it } from 'vitest';
import { burp } from '../../../src/scanners/report/burp/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const request = base64(
  'POST /shop/login HTTP/1.1\r\nHost: shop.example\r\nCookie: session=s3cret\r\n\r\npassword=hunter2',
);

const issue = `<issue>
  <serialNumber>712165</serialNumber><type>1049088</type><name>SQL injection</name>
  <host ip="192.0.2.1">https://shop.example</host><path><![CDATA[/shop/login]]></path><location><![CDATA[/shop/login [password parameter]]]></location>
  <severity>High</severity><confidence>Firm</confidence>
  <issueBackground><![CDATA[<p>Queries can be changed.</p><p>Data is lost.</p>]]></issueBackground>
  <remediationBackground><![CDATA[Use <i>parameters</i>.]]></remediationBackground>
  <references><![CDATA[<ul><li><a href="https://academy.example/sql">SQL</a></li></ul>]]></references>
  <vulnerabilityClassifications><![CDATA[<ul><li><a href="https://cwe.example/89.html">CWE-89: SQL Injection</a></li><li>CWE-94: Code</li></ul>]]></vulnerabilityClassifications>
  <issueDetail><![CDATA[The payload <b>&#x27;</b> was sent.]]></issueDetail>
  <issueDetailItems><issueDetailItem><![CDATA[item <b>one</b>]]></issueDetailItem></issueDetailItems>
  <remediationDetail><![CDATA[Handle errors.]]></remediationDetail>
  <requestresponse><request method="POST" base64="true"><![CDATA[${request}]]></request><response base64="true"><![CDATA[${base64('HTTP/1.1 200\r\n\r\nsecret page')}]]></response><responseRedirected>false</responseRedirected></requestresponse>
  <requestresponse><request method="GET" base64="false"><![CDATA[GET /second HTTP/1.1]]></request></requestresponse>
  <collaboratorEvent><requestresponse><request method="PUT">x</request></requestresponse></collaboratorEvent>
</issue>`;
const dtd = `<!DOCTYPE issues [
<!ELEMENT issues (issue*)>
<!ATTLIST issues burpVersion CDATA "">
<!ATTLIST request base64 (true|false) "false">
]>`;
const report = (issues: string, exportTime = 'Sat Sep 13 22:39:44 CEST 2026'): string =>
  `<?xml version="1.0"?>\n${dtd}\n<issues burpVersion="2026.1" exportTime="${exportTime}">${issues}</issues>`;
const plain =
  '<issue><type>5243904</type><name>Strict transport security not enforced</name><host>https://shop.example</host><path>/</path><severity>Low</severity><confidence>Certain</confidence></issue>';

describeReader(burp, {
  samples: [
    {
      name: 'one issue',
      report: report(issue),
      count: 1,
      findings: [
        {
          vulnerability: {
            source: 'burp',
            id: '1049088',
            title: 'SQL injection',
            aliases: [],
            cwe: [89, 94],
            links: ['https://academy.example/sql', 'https://cwe.example/89.html'],
          },
          kind: 'confirmed',
          severity: 'high',
          vendorSeverity: 'High',
          location: { kind: 'web', url: 'https://shop.example/shop/login', method: 'POST', parameter: 'password' },
          description: 'Queries can be changed.\nData is lost.',
          remediation: 'Handle errors.\nUse parameters.',
          evidence: "The payload ' was sent.\nitem one\nPOST /shop/login HTTP/1.1",
        },
      ],
    },
    { name: 'two issues, no document type', report: report(issue + plain).replace(dtd, ''), count: 2 },
    { name: 'no issue', report: report(''), count: 0, hasEvidence: false },
  ],
  unknownSeverity: report(issue.replace('>High<', '>Shouting<')),
  wrongTypes: [
    { name: 'an issue without type and name', report: report(plain.replace(/<type>.*<\/name>/, '')) },
    { name: 'an issue without host and path', report: report(plain.replace(/<host>.*<\/path>/, '')) },
    { name: 'entities of its own', report: report(plain).replace('<!ELEMENT', '<!ENTITY x "y">\n<!ELEMENT') },
    {
      name: 'entities from a file',
      report: report(plain)
        .replace('<!ELEMENT', '<!ENTITY x SYSTEM "file:///etc/passwd">\n<!ELEMENT')
        .replace('>Low<', '>&x;<'),
    },
    { name: 'elements that overlap', report: report('<issue><name>x</issue></name>') },
  ],
});

describe('burp', () => {
  const first = async (from: string, to: string) => (await readAll(burp, report(plain.replace(from, to)))).findings[0];

  it('tells kinds and severities by severity and confidence', async () => {
    const rows = [
      ['High', 'Certain', 'confirmed', 'high'],
      ['Medium', 'Firm', 'confirmed', 'medium'],
      ['Low', 'Tentative', 'potential', 'low'],
      ['Information', 'Tentative', 'information', 'info'],
      ['Information', 'Certain', 'information', 'info'],
      ['High', 'Perhaps', 'confirmed', 'high'],
      ['', '', 'confirmed', 'unknown'],
      ['constructor', 'Firm', 'confirmed', 'unknown'],
    ];
    for (const [severity, confidence, kind, expected] of rows) {
      expect(
        await first('Low</severity><confidence>Certain', `${severity}</severity><confidence>${confidence}`),
      ).toMatchObject({ kind, severity: expected });
    }
  });

  it('sets aside what was marked as false positive', async () => {
    expect(await first('>Low<', '>False positive<')).toMatchObject({
      severity: 'unknown',
      vendorSeverity: 'False positive',
      ignored: { reason: 'marked as false positive in Burp Suite' },
    });
  });

  it('knows the issues of an extension by their names', async () => {
    expect((await first('>5243904<', '>134217728<'))?.vulnerability.id).toBe('Strict transport security not enforced');
    expect((await first('<type>5243904</type>', ''))?.vulnerability.id).toBe('Strict transport security not enforced');
  });

  it('keeps the request of one issue from the next', async () => {
    const { findings } = await readAll(burp, report(issue + plain));
    expect(findings.map(({ location }) => location)).toEqual([
      { kind: 'web', url: 'https://shop.example/shop/login', method: 'POST', parameter: 'password' },
      { kind: 'web', url: 'https://shop.example/' },
    ]);
  });

  it('carries no header, body or response', async () => {
    const all = JSON.stringify(await readAll(burp, report(issue)));
    for (const secret of ['s3cret', 'hunter2', 'secret page', request.slice(0, 20)]) expect(all).not.toContain(secret);
  });

  it('names version, hosts and a date that says its zone', async () => {
    expect((await readAll(burp, report(plain))).statement).toEqual({
      tool: { name: 'Burp Suite', version: '2026.1' },
      subject: 'https://shop.example',
      evidence: 'Burp Suite reports 1 issue on https://shop.example',
      problems: [],
    });
    expect((await readAll(burp, report(plain, '2026-09-13T22:39:44+02:00'))).statement.finishedAt).toBe(
      '2026-09-13T20:39:44Z',
    );
  });
});
