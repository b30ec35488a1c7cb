import { describe, expect, it } from 'vitest';
import { trivy } from '../../../src/scanners/report/trivy/index.js';
import { describeReader, readAll } from '../../../src/testing/describe-reader.js';

const vulnerability = {
  VulnerabilityID: 'CVE-2099-0001',
  VendorIDs: ['DSA-1-1'],
  PkgName: 'libdemo',
  PkgIdentifier: { PURL: 'pkg:deb/debian/libdemo@1.0' },
  InstalledVersion: '1.0',
  FixedVersion: '1.1',
  Status: 'fixed',
  Layer: { DiffID: 'sha256:01' },
  PrimaryURL: 'https://avd.example/cve-2099-0001',
  DataSource: { ID: 'debian' },
  Title: 'libdemo: overflow',
  Description: 'An overflow.',
  Severity: 'HIGH',
  CweIDs: ['CWE-190'],
  CVSS: {
    nvd: {
      V2Vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P',
      V2Score: 7.5,
      V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      V3Score: 9.8,
    },
  },
};
const image = {
  SchemaVersion: 2,
  Trivy: { Version: '0.69.1' },
  CreatedAt: '2026-02-24T07:07:53.487381Z',
  ArtifactName: 'demo:1',
  ArtifactType: 'container_image',
  Results: [{ Target: 'demo:1 (debian 12)', Class: 'os-pkgs', Type: 'debian', Vulnerabilities: [vulnerability] }],
};
const config = {
  SchemaVersion: 2,
  ArtifactName: 'infra',
  ArtifactType: 'filesystem',
  Results: [
    {
      Target: 'Dockerfile',
      Class: 'config',
      Type: 'dockerfile',
      Misconfigurations: [
        {
          ID: 'DS002',
          AVDID: 'AVD-DS-0002',
          Title: 'root user',
          Message: 'last USER is root',
          Resolution: 'add USER',
          Severity: 'HIGH',
          Status: 'FAIL',
          CauseMetadata: { StartLine: 3, EndLine: 3 },
        },
        { ID: 'DS001', Title: 'latest tag', Severity: 'MEDIUM', Status: 'PASS' },
        { ID: 'DS026', Title: 'no healthcheck', Severity: 'LOW', Status: 'EXCEPTION' },
      ],
    },
    {
      Target: 'deploy.env',
      Class: 'secret',
      Secrets: [
        {
          RuleID: 'aws-key',
          Category: 'AWS',
          Severity: 'CRITICAL',
          Title: 'AWS key',
          StartLine: 2,
          EndLine: 2,
          Match: 'KEY=****',
        },
      ],
    },
    {
      Target: 'package-lock.json',
      Class: 'license',
      Licenses: [{ Severity: 'UNKNOWN', Category: 'unknown', PkgName: 'left', Name: 'WTFPL' }],
    },
  ],
};
const kubernetes = {
  ClusterName: 'demo',
  Resources: [
    {
      Namespace: 'default',
      Kind: 'Deployment',
      Name: 'web',
      Results: [{ Target: 'web:1', Class: 'os-pkgs', Type: 'debian', Vulnerabilities: [vulnerability] }],
    },
    { Namespace: 'default', Kind: 'Pod', Name: 'dark', Error: 'image not found' },
  ],
};

describeReader(trivy, {
  samples: [
    {
      name: 'an image',
      report: JSON.stringify(image),
      count: 1,
      findings: [
        {
          vulnerability: {
            source: 'debian',
            id: 'CVE-2099-0001',
            title: 'libdemo: overflow',
            aliases: ['DSA-1-1'],
            cwe: [190],
            links: ['https://avd.example/cve-2099-0001'],
          },
          kind: 'confirmed',
          severity: 'high',
          vendorSeverity: 'HIGH',
          cvss: [
            { version: '3.1', score: 9.8, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', source: 'nvd' },
            { version: '2.0', score: 7.5, vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P', source: 'nvd' },
          ],
          fix: { available: true, version: '1.1' },
          state: 'fixed',
          location: {
            kind: 'package',
            name: 'libdemo',
            version: '1.0',
            ecosystem: 'debian',
            purl: 'pkg:deb/debian/libdemo@1.0',
            layer: 'sha256:01',
            artifact: 'demo:1 (debian 12)',
          },
          description: 'An overflow.',
          remediation: 'Update libdemo to 1.1.',
        },
      ],
    },
    { name: 'misconfigurations, secrets and licences', report: JSON.stringify(config), count: 4 },
    {
      name: 'the list of older versions',
      report: JSON.stringify([
        { Target: 'demo:1', Type: 'debian', Vulnerabilities: [vulnerability] },
        { Target: 'b', Vulnerabilities: null },
      ]),
      count: 1,
    },
    { name: 'a cluster', report: JSON.stringify(kubernetes), count: 1, problems: ['SCANGATE_SCAN_INCOMPLETE'] },
    {
      name: 'members in another order',
      report: JSON.stringify({
        Results: [{ Vulnerabilities: [vulnerability], Type: 'debian', Target: 'demo:1' }],
        ArtifactName: 'demo:1',
        SchemaVersion: 2,
      }),
      count: 1,
    },
    {
      name: 'a clean image',
      report: JSON.stringify({ ...image, Results: [{ Target: 'demo:1', Class: 'os-pkgs', Type: 'debian' }] }),
      count: 0,
    },
    {
      name: 'nothing looked at',
      report: JSON.stringify({ ...image, Results: undefined }),
      count: 0,
      hasEvidence: false,
    },
    {
      name: 'a distribution past its end',
      report: JSON.stringify({ ...image, Metadata: { OS: { Family: 'debian', Name: '9', EOSL: true } } }),
      count: 1,
      problems: ['SCANGATE_SCAN_INCOMPLETE'],
    },
  ],
  unknownSeverity: JSON.stringify(image).replace('"HIGH"', '"SHOUTING"'),
  wrongTypes: [
    { name: 'Results is an object', report: JSON.stringify({ ...image, Results: { a: 1 } }) },
    { name: 'a result is text', report: JSON.stringify({ ...image, Results: ['x'] }) },
    {
      name: 'a vulnerability is a list',
      report: JSON.stringify({ ...image, Results: [{ Target: 't', Vulnerabilities: [[]] }] }),
    },
    { name: 'a vulnerability without an id', report: JSON.stringify(image).replace('VulnerabilityID', 'Nothing') },
    {
      name: 'a list that nobody knows, such as one in another case',
      report: JSON.stringify(image).replace('"Vulnerabilities"', '"vulnerabilities"'),
    },
    { name: 'schema 3', report: JSON.stringify({ ...image, SchemaVersion: 3 }) },
    { name: 'a status nobody knows', report: JSON.stringify(config).replace('"FAIL"', '"MAYBE"') },
    { name: 'a score of 11', report: JSON.stringify(image).replace('9.8', '11') },
  ],
});

describe('trivy', () => {
  it('keeps what an exception of Trivy set aside, as ignored', async () => {
    const { findings } = await readAll(trivy, JSON.stringify(config));
    expect(findings.map(({ kind, ignored }) => [kind, ignored?.reason])).toEqual([
      ['misconfiguration', undefined],
      ['misconfiguration', 'exempted by a Trivy policy exception'],
      ['secret', undefined],
      ['control', undefined],
    ]);
  });

  it('takes the long id of a check where the short one says N/A', async () => {
    const { findings } = await readAll(trivy, JSON.stringify(config).replace('"DS002"', '"N/A"'));
    expect(findings[0]?.vulnerability.id).toBe('AVD-DS-0002');
  });

  it('keeps what an ignore file or a VEX document took out, as ignored only where Trivy left it out', async () => {
    const modified = (Status: string) => ({
      Type: 'vulnerability',
      Status,
      Statement: 'no path to it',
      Source: '.trivyignore',
      Finding: vulnerability,
    });
    const Results = [
      { Target: 'demo:1', Class: 'os-pkgs', ExperimentalModifiedFindings: [modified('ignored'), modified('affected')] },
    ];
    const { findings } = await readAll(trivy, JSON.stringify({ ...image, Results }));
    expect(findings.map(({ ignored }) => ignored?.reason)).toEqual(['ignored, no path to it, .trivyignore', undefined]);
  });
});
