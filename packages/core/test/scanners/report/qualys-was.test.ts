import { describe, expect, it } from 'vitest';
import { qualysWas } from '../../../src/scanners/report/qualys-was/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';
import {
  clean,
  download,
  downloadXml,
  finding,
  findings,
  findingsXml,
  readFindings,
  response,
  scan,
  vuln,
  vulnsXml,
} from './qualys-was/samples.js';

describeReader(qualysWas, {
  samples: [
    { name: 'findings in JSON', report: findings, count: 2, findings: readFindings },
    { name: 'findings in XML', report: findingsXml, count: 2, findings: readFindings },
    {
      name: 'a scan download in JSON',
      report: download(scan),
      count: 4,
      findings: [
        {
          vulnerability: { source: 'qualys', id: '150001', title: 'title 150001' },
          kind: 'confirmed',
          severity: 'unknown',
          location: { kind: 'web', url: 'https://shop.example/a', parameter: 'q' },
          evidence: 'payload: x=1\nauthenticated: false\na result that shows it',
        },
        {
          vulnerability: { source: 'qualys', id: '150002', title: 'title 150002' },
          kind: 'confirmed',
          severity: 'unknown',
          location: { kind: 'web', url: 'https://shop.example/a', parameter: 'q' },
          evidence: 'payload: x=1\nauthenticated: false\ninstances: 2\na result that shows it',
        },
        {
          vulnerability: { source: 'qualys', id: '150016', title: 'card' },
          kind: 'sensitive-content',
          severity: 'unknown',
          location: { kind: 'web', url: 'https://shop.example/card' },
          evidence: 'content: 4111****',
        },
        {
          vulnerability: { source: 'qualys', id: '150009', title: 'Links Crawled' },
          kind: 'information',
          severity: 'unknown',
          location: { kind: 'web', url: 'https://shop.example' },
          evidence: '3 links crawled today',
        },
      ],
    },
    { name: 'a scan download in XML, without an envelope', report: downloadXml(vulnsXml), count: 2 },
    {
      name: 'a scan in an envelope in XML',
      report: `<ServiceResponse><responseCode>SUCCESS</responseCode><count>1</count><data>${downloadXml(vulnsXml).replace(/<\?.*\?>/, '')}</data></ServiceResponse>`,
      count: 2,
    },
    { name: 'a scan without an envelope in JSON', report: JSON.stringify({ WasScan: scan }), count: 4 },
    { name: 'a clean scan', report: download(clean), count: 0 },
    {
      name: 'lists that collapsed to one element',
      report: response(
        {
          WasScan: {
            ...scan,
            stats: undefined,
            vulns: { count: 1, list: vuln(150001) },
            sensitiveContents: { count: 0, list: '' },
            igs: undefined,
          },
        },
        { count: 1 },
      ),
      count: 1,
    },
    { name: 'findings that collapsed to one element', report: response({ Finding: finding }, { count: 1 }), count: 1 },
    {
      name: 'an empty answer',
      report: '<ServiceResponse><responseCode>SUCCESS</responseCode><count>0</count></ServiceResponse>',
      count: 0,
      hasEvidence: false,
    },
    {
      name: 'an empty answer with data',
      report: '{"ServiceResponse":{"responseCode":"SUCCESS","count":0,"hasMoreRecords":"false","data":[]}}',
      count: 0,
      hasEvidence: false,
    },
    {
      name: 'a refused call',
      report:
        '<ServiceResponse><responseCode>INVALID_REQUEST</responseCode><responseErrorDetails><errorMessage>bad</errorMessage></responseErrorDetails></ServiceResponse>',
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_FAILED'],
    },
    {
      name: 'one page of several',
      report: response([{ Finding: finding }], { hasMoreRecords: 'true', lastId: 11 }),
      count: 1,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'a count above the records',
      report: response([{ Finding: finding }], { count: 2 }),
      count: 1,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    {
      name: 'a scan record without results',
      report: download({ ...scan, vulns: undefined, sensitiveContents: undefined, igs: undefined, stats: undefined }),
      count: 0,
      hasEvidence: false,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
    {
      name: 'a count without a list',
      report: download({ ...scan, vulns: { count: 2 } }),
      count: 2,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    {
      name: 'statistics above the list',
      report: download({ ...scan, stats: { global: { nbVulnsTotal: 7 } } }),
      count: 4,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
    {
      name: 'statistics that count instances',
      report: download({ ...scan, stats: { global: { nbVulnsTotal: 3 } } }),
      count: 4,
    },
    {
      name: 'information that somebody took out',
      report: download({ ...scan, igs: undefined }),
      count: 3,
      problems: ['SCANGATE_SCAN_COUNT_MISMATCH'],
    },
  ],
  unknownSeverity: findings.replace('"severity":"5"', '"severity":"urgent"'),
  wrongTypes: [
    { name: 'data is text', report: response('none') },
    {
      name: 'data of another product',
      report: `{"ServiceResponse":{"responseCode":"SUCCESS","data":[{"Finding":{"id":1,"type":"VULNERABILITY","qid":1}},{"WebApp":{"id":1}}]}}`,
    },
    { name: 'a finding is a list', report: response([{ Finding: [[]] }]) },
    { name: 'a finding without a QID', report: response([{ Finding: { ...finding, qid: undefined } }]) },
    { name: 'a finding without a type', report: response([{ Finding: { ...finding, type: undefined } }]) },
    { name: 'a type that is not known', report: findings.replace('"VULNERABILITY"', '"WEAKNESS"') },
    { name: 'a potential flag that is none', report: findings.replace('"potential":"false"', '"potential":"perhaps"') },
    { name: 'a detection score of 400', report: findings.replace('"detectionScore":71', '"detectionScore":400') },
    { name: 'a CVSS score of 61', report: findings.replace('6.1', '61') },
    { name: 'a scan is text', report: response([{ Finding: finding }, { WasScan: 'none' }]) },
    { name: 'vulns is text', report: download({ ...scan, vulns: 'none' }) },
    { name: 'a vulnerability is text', report: download({ ...scan, vulns: { count: 1, list: ['none'] } }) },
    { name: 'a count that is none', report: download({ ...scan, vulns: { count: 'few', list: [] } }) },
    { name: 'an element of another name in XML', report: downloadXml(vulnsXml.replaceAll('WasScanVuln>', 'Flaw>')) },
    {
      name: 'data of another product in XML',
      report: findingsXml.replace('</data>', '<WebApp><id>1</id></WebApp></data>'),
    },
  ],
});

const scanCodes = async (record: object): Promise<string[]> =>
  (await readAll(qualysWas, download({ ...scan, ...record }))).statement.problems.map(({ code }) => code);

describe('qualys-was', () => {
  it('says what was scanned, when, and how it ended', async () => {
    expect((await readAll(qualysWas, download(scan))).statement).toEqual({
      tool: { name: 'Qualys WAS' },
      subject: 'https://shop.example',
      reference: 'was/1.2',
      startedAt: '2031-01-01T00:00:00Z',
      finishedAt: '2031-01-01T01:00:00Z',
      state: 'FINISHED, SUCCESSFUL',
      evidence: 'The answer holds the results of 1 scan: was/1.2 (FINISHED, SUCCESSFUL)',
      problems: [],
    });
    expect((await readAll(qualysWas, findings)).statement.evidence).toBe(
      'The platform lists 2 findings of scans, the last of them 2031-02-02T00:00:00Z',
    );
  });

  it('judges how the scan ended, by all of its states, and whether it could log in', async () => {
    const summary = (more: object): object => ({ summary: { ...scan.summary, ...more } });
    expect(await scanCodes(summary({ resultsStatus: 'NO_HOST_ALIVE' }))).toEqual(['SCANGATE_SCAN_NOTHING_REACHED']);
    expect(await scanCodes({ status: 'CANCELED' })).toEqual(['SCANGATE_SCAN_CANCELLED']);
    expect(await scanCodes({ status: undefined })).toEqual(['SCANGATE_SCAN_UNKNOWN_STATE']);
    expect(await scanCodes({ consolidatedStatus: 'TIME_LIMIT_REACHED' })).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
    const target = { ...scan.target, webAppAuthRecord: { id: 3 } };
    expect(await scanCodes({ target, ...summary({ authStatus: 'NOT_USED' }) })).toEqual(['SCANGATE_SCAN_AUTH_FAILED']);
    expect(await scanCodes({ target, ...summary({ authStatus: 'SUCCESSFUL' }) })).toEqual([]);
  });

  it('takes a discovery scan, and a scan that crawled nothing, for no look at vulnerabilities', async () => {
    expect(await scanCodes({ type: 'DISCOVERY' })).toEqual(['SCANGATE_SCAN_INCOMPLETE']);
    expect(await scanCodes({ summary: { ...scan.summary, linksCrawled: 0, nbRequests: 0 } })).toEqual([
      'SCANGATE_SCAN_NOTHING_REACHED',
    ]);
  });

  it('keeps kinds, states and what was ignored', async () => {
    const variants = [
      { potential: 'true' },
      { type: 'SENSITIVE_CONTENT' },
      { status: 'PROTECTED' },
      { status: 'FIXED', isIgnored: 'true', ignoredReason: 'FALSE_POSITIVE', ignoredComment: 'seen by Ann' },
      { status: undefined, isIgnored: true },
    ];
    const report = response(variants.map((variant) => ({ Finding: { ...finding, ...variant } })));
    const read = (await readAll(qualysWas, report)).findings;
    expect(read.map(({ kind, status, state, ignored }) => [kind, status, state, ignored?.reason])).toEqual([
      ['potential', 'reopened', undefined, undefined],
      ['sensitive-content', 'reopened', undefined, undefined],
      ['confirmed', 'active', 'PROTECTED', undefined],
      ['confirmed', 'fixed', undefined, 'ignored in Qualys WAS: FALSE_POSITIVE: seen by Ann'],
      ['confirmed', undefined, undefined, 'ignored in Qualys WAS'],
    ]);
    expect(read[1]?.evidence).toBeUndefined();
  });

  it('keeps findings that were imported from other tools, by their name', async () => {
    const report = response([
      { Finding: { ...finding, qid: undefined, findingType: 'BURP', name: 'Cross-site scripting' } },
    ]);
    const [imported] = (await readAll(qualysWas, report)).findings;
    expect(imported?.vulnerability).toMatchObject({
      source: 'burp',
      id: 'Cross-site scripting',
      title: 'Cross-site scripting',
    });
  });

  it('takes a severity that a CI plugin added to a scan result', async () => {
    const added = {
      ...scan,
      stats: undefined,
      sensitiveContents: undefined,
      igs: undefined,
      vulns: { count: 1, list: [{ WasScanVuln: { qid: 1, title: 't', uri: 'u', severity: 4 } }] },
    };
    const [read] = (await readAll(qualysWas, download(added))).findings;
    expect(read).toMatchObject({ severity: 'high', vendorSeverity: '4' });
  });

  it('carries no raw base64 and no sensitive content', async () => {
    const text = JSON.stringify([
      (await readAll(qualysWas, download(scan))).findings,
      (await readAll(qualysWas, findings)).findings,
    ]);
    expect(text).not.toMatch(/dGlnZXI|YSByZXN1|MyBsaW5r|4111111111111111/);
  });
});
