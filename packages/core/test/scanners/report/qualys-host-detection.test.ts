import { describe, expect, it } from 'vitest';
import { qualysHostDetection } from '../../../src/scanners/report/qualys-host-detection/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const detection = `<DETECTION><UNIQUE_VULN_ID>4711</UNIQUE_VULN_ID><QID>38173</QID><TYPE>Confirmed</TYPE><SEVERITY>4</SEVERITY>
  <PORT>443</PORT><PROTOCOL>tcp</PROTOCOL><FQDN><![CDATA[www.shop.example]]></FQDN><SSL>1</SSL><RESULTS><![CDATA[a	b]]></RESULTS><STATUS>Re-Opened</STATUS>
  <FIRST_FOUND_DATETIME>2031-01-01T00:00:00Z</FIRST_FOUND_DATETIME><LAST_FOUND_DATETIME>2031-11-01T00:00:00Z</LAST_FOUND_DATETIME>
  <QDS severity="HIGH">85</QDS><QDS_FACTORS><QDS_FACTOR name="CVSS"><![CDATA[7.7]]></QDS_FACTOR><QDS_FACTOR name="CVSS_version"><![CDATA[v3.x]]></QDS_FACTOR>
  <QDS_FACTOR name="epss"><![CDATA[0.00232]]></QDS_FACTOR><QDS_FACTOR name="CISA_vuln">YES</QDS_FACTOR>
  <QDS_FACTOR name="CVSS_vector"><![CDATA[AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:L]]></QDS_FACTOR></QDS_FACTORS>
  <TIMES_FOUND>12</TIMES_FOUND><IS_IGNORED>0</IS_IGNORED><IS_DISABLED>0</IS_DISABLED><ASSET_CVE>CVE-2099-0001</ASSET_CVE></DETECTION>`;
const plain = (qid: number, type: string, more = ''): string =>
  `<DETECTION><QID>${qid}</QID><TYPE>${type}</TYPE><SEVERITY>1</SEVERITY>${more}</DETECTION>`;
const host = (
  detections: string,
): string => `<HOST><ID>1</ID><IP>192.0.2.10</IP><TRACKING_METHOD>IP</TRACKING_METHOD><DNS><![CDATA[shop.example]]></DNS>
  <LAST_SCAN_DATETIME>2031-11-01T10:00:00Z</LAST_SCAN_DATETIME><LAST_VM_SCANNED_DATE>2031-11-01T09:00:00Z</LAST_VM_SCANNED_DATE>
  <TAGS><TAG><TAG_ID>1</TAG_ID><NAME>x</NAME></TAG></TAGS><DETECTION_LIST>${detections}</DETECTION_LIST></HOST>`;
const answer = (body: string): string => `<?xml version="1.0" encoding="UTF-8" ?>
<!DOCTYPE HOST_LIST_VM_DETECTION_OUTPUT SYSTEM "https://qualysapi.example/dtd/output.dtd">
<!-- evaluation //-->
<HOST_LIST_VM_DETECTION_OUTPUT><RESPONSE><DATETIME>2031-11-02T09:15:00Z</DATETIME>${body}</RESPONSE></HOST_LIST_VM_DETECTION_OUTPUT>
`;
const list = (hosts: string): string => answer(`<HOST_LIST>${hosts}</HOST_LIST>`);
const whole = list(host(detection + plain(45038, 'Info') + plain(86729, 'Potential')));
const simple =
  '<!DOCTYPE SIMPLE_RETURN SYSTEM "https://qualysapi.example/simple_return.dtd">\n<SIMPLE_RETURN><RESPONSE><CODE>1905</CODE><TEXT>bad value</TEXT></RESPONSE></SIMPLE_RETURN>';

describeReader(qualysHostDetection, {
  samples: [
    {
      name: 'a host',
      report: whole,
      count: 3,
      findings: [
        {
          vulnerability: { source: 'qualys', id: '38173', title: 'QID 38173', aliases: ['CVE-2099-0001'] },
          kind: 'confirmed',
          severity: 'high',
          vendorSeverity: '4',
          qds: 85,
          cvss: [{ version: '3.1', score: 7.7, vector: 'AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:L' }],
          epss: 0.00232,
          knownExploited: true,
          status: 'reopened',
          firstSeen: '2031-01-01T00:00:00Z',
          lastSeen: '2031-11-01T00:00:00Z',
          identity: '4711',
          location: {
            kind: 'host',
            host: 'www.shop.example',
            ip: '192.0.2.10',
            port: 443,
            protocol: 'tcp',
            service: 'ssl',
          },
          evidence: 'a\tb',
        },
        {
          vulnerability: { source: 'qualys', id: '45038', title: 'QID 45038' },
          kind: 'information',
          severity: 'info',
          vendorSeverity: '1',
          location: { kind: 'host', host: 'shop.example', ip: '192.0.2.10' },
        },
        {
          vulnerability: { source: 'qualys', id: '86729', title: 'QID 86729' },
          kind: 'potential',
          severity: 'info',
          vendorSeverity: '1',
          location: { kind: 'host', host: 'shop.example', ip: '192.0.2.10' },
        },
      ],
    },
    { name: 'a host without detections', report: list(host('')), count: 0 },
    { name: 'no host', report: answer(''), count: 0, hasEvidence: false },
    { name: 'an empty list', report: list(''), count: 0, hasEvidence: false },
    {
      name: 'one page of several',
      report: answer(
        `<HOST_LIST>${host(detection)}</HOST_LIST><WARNING><CODE>1980</CODE><TEXT>1000 record limit exceeded</TEXT><URL><![CDATA[https://qualysapi.example/?id_min=2]]></URL></WARNING>`,
      ),
      count: 1,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'another warning',
      report: answer(`<HOST_LIST>${host('')}</HOST_LIST><WARNING><TEXT>old data</TEXT></WARNING>`),
      count: 0,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    { name: 'a refused call', report: simple, count: 0, hasEvidence: false, problems: ['SCANGATE_SCAN_FAILED'] },
    {
      name: 'an error inside the answer',
      report: answer('<CODE>2001</CODE><TEXT>This account has expired.</TEXT>'),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_FAILED'],
    },
  ],
  unknownSeverity: whole.replace('<SEVERITY>4', '<SEVERITY>0'),
  wrongTypes: [
    { name: 'a detection without a QID', report: whole.replace('<QID>38173</QID>', '') },
    { name: 'a type that is not known', report: whole.replace('>Confirmed<', '>Assumed<') },
    { name: 'a detection without a type', report: whole.replace('<TYPE>Confirmed</TYPE>', '') },
    { name: 'a detection of another name', report: whole.replaceAll('DETECTION>', 'FLAW>') },
    {
      name: 'a detection outside the list',
      report: whole.replace('<DETECTION_LIST>', '').replace('</DETECTION_LIST>', ''),
    },
    { name: 'text in the list', report: whole.replace('<DETECTION_LIST>', '<DETECTION_LIST>none') },
    { name: 'a list of another name', report: whole.replaceAll('DETECTION_LIST', 'FLAW_LIST') },
    { name: 'a host of another name', report: whole.replaceAll('HOST>', 'ASSET>') },
    {
      name: 'a host named after its detections',
      report: whole
        .replace('<IP>192.0.2.10</IP>', '')
        .replace('</DETECTION_LIST>', '</DETECTION_LIST><IP>192.0.2.10</IP>'),
    },
    { name: 'a port that is none', report: whole.replace('<PORT>443', '<PORT>any') },
    { name: 'a detection score of 101', report: whole.replace('>85<', '>101<') },
    { name: 'a probability of 2', report: whole.replace('0.00232', '2') },
    { name: 'an ignored flag that is none', report: whole.replace('<IS_IGNORED>0', '<IS_IGNORED>no') },
    { name: 'a CVSS score of 77', report: whole.replace('[7.7]', '[77]') },
  ],
});

describe('qualys-host-detection', () => {
  it('says how many hosts were scanned, and when the last', async () => {
    expect((await readAll(qualysHostDetection, whole)).statement).toEqual({
      tool: { name: 'Qualys VM' },
      finishedAt: '2031-11-01T09:00:00Z',
      evidence: 'The answer lists 1 scanned host with 3 detections, the last of them scanned 2031-11-01T09:00:00Z',
      problems: [],
    });
  });

  it('keeps what is ignored or disabled, with the reason', async () => {
    const report = list(
      host(
        plain(1, 'Confirmed', '<IS_IGNORED>1</IS_IGNORED>') +
          plain(2, 'Confirmed', '<IS_DISABLED>1</IS_DISABLED>') +
          plain(3, 'Confirmed'),
      ),
    );
    const { findings } = await readAll(qualysHostDetection, report);
    expect(findings.map(({ ignored }) => ignored?.reason)).toEqual([
      'ignored in Qualys VM',
      'disabled in the Qualys KnowledgeBase',
      undefined,
    ]);
  });

  it('reads past the comments that the platform writes before and after the answer', async () => {
    const comment = '<!-- This report was generated with an evaluation version of Qualys //-->';
    const { findings } = await readAll(qualysHostDetection, `${whole}${comment}\n<!-- CONFIDENTIAL //-->\n`);
    expect(findings).toHaveLength(3);
  });

  it('takes each detection to its own host', async () => {
    const other = host(plain(1, 'Confirmed'))
      .replace('192.0.2.10', '192.0.2.11')
      .replace('shop.example', 'blog.example');
    const { findings } = await readAll(qualysHostDetection, list(host(plain(1, 'Confirmed')) + other));
    expect(findings.map(({ location }) => location)).toEqual([
      { kind: 'host', host: 'shop.example', ip: '192.0.2.10' },
      { kind: 'host', host: 'blog.example', ip: '192.0.2.11' },
    ]);
  });

  it.each([
    ['v2', '2.0'],
    ['v3.0', '3.0'],
    ['v3.1', '3.1'],
    ['v4.0', '4.0'],
    ['v9', undefined],
    ['', undefined],
  ])('takes the CVSS version "%s" for %s', async (word, version) => {
    const { findings } = await readAll(qualysHostDetection, whole.replace('v3.x', word));
    expect(findings[0]?.cvss?.[0]?.version).toBe(version);
  });

  it('reads detections while they come, and holds none', async () => {
    const hosts = Array.from({ length: 200 }, () => host(detection.repeat(20))).join('');
    const { findings, statement } = await readAll(qualysHostDetection, list(hosts));
    expect(findings).toHaveLength(4000);
    expect(statement.evidence).toContain('200 scanned hosts with 4000 detections');
  });
});
