import type { ProgramSpec } from '../../../src/scanners/machine.js';
import type { TrivyTarget } from '../../../src/scanners/trivy/details.js';
import { trivy } from '../../../src/scanners/trivy/index.js';
import { describeProgramScanner, type ReportSketch } from '../../../src/testing/index.js';

const finding = (id: string, severity: string) => ({
  VulnerabilityID: id,
  PkgName: 'libdemo',
  InstalledVersion: '1',
  Severity: severity,
});

function report({ args }: ProgramSpec, { madeAtMs, isForeign, hasUnknownSeverity }: ReportSketch): string {
  return JSON.stringify({
    SchemaVersion: 2,
    CreatedAt: new Date(madeAtMs).toISOString(),
    ArtifactName: isForeign ? 'other.tar' : args.at(-1),
    ArtifactType: 'container_image',
    Results: [
      {
        Target: 'shop (debian 12)',
        Class: 'os-pkgs',
        Type: 'debian',
        Vulnerabilities: [
          finding('CVE-2099-0001', 'HIGH'),
          finding('CVE-2099-0002', hasUnknownSeverity ? 'DREADFUL' : 'LOW'),
        ],
      },
    ],
  });
}

describeProgramScanner<TrivyTarget>(trivy, {
  target: { scanner: 'trivy', image: 'shop.tar' },
  command: 'trivy',
  asks: ({ args }) => (args.includes('--version') ? 'Version: 0.58.1\nVulnerability DB:\n  Version: 2\n' : undefined),
  unknownVersions: {
    'a version that is too old': 'Version: 0.19.2\n',
    'a major version that nobody knows': 'Version: 1.0.0\n',
    'a build without a number': 'Version: dev\n',
    'another program of this name': 'trivy, the game of questions\n',
    'a program that prints nothing': '',
  },
  reportFile: 'trivy.json',
  report,
  count: 2,
  wrongTypes: [
    { name: 'results that are a text', change: (text) => text.replace(/"Results":.*$/s, '"Results":"none"}') },
    { name: 'a list in place of a text', change: (text) => text.replace('"Severity":"HIGH"', '"Severity":["HIGH"]') },
    { name: 'a result without a target', change: (text) => text.replace('"Target":"shop (debian 12)",', '') },
    { name: 'another schema', change: (text) => text.replace('"SchemaVersion":2', '"SchemaVersion":3') },
    {
      name: 'a vulnerability that is a text',
      change: (text) => text.replace('"Vulnerabilities":[', '"Vulnerabilities":["CVE-2099-0003",'),
    },
  ],
  isDated: true,
  machine: { userFiles: { 'shop.tar': 'the layers' } },
});
