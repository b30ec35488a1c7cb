import type { FolderFile } from '../../../../src/scanners/machine.js';
import { qualysContainer } from '../../../../src/scanners/qualys-container/index.js';
import type { ContainerTarget } from '../../../../src/scanners/qualys-container/target.js';
import type { ScanServices } from '../../../../src/scanners/scanner.js';
import { describeProgramScanner, type ProgramContract } from '../../../../src/testing/index.js';
import { performed, result, sarif, TOKEN } from './support.js';

const RESULT = 'shop-ScanResult.json';
const SARIF = 'shop-Report.sarif.json';

/** The contract knows one report: the other one of the two lies beside it, whole, whatever becomes of the first. */
function withBeside(path: string, text: string): NonNullable<ProgramContract<ContainerTarget>['services']> {
  return (services): ScanServices => {
    const client = { ...services.qualys(), accessToken: async () => TOKEN };
    const { machine } = services;
    const file: FolderFile = { path, bytes: Buffer.byteLength(text) };
    return {
      ...services,
      qualys: () => ({ ...client, knowledgeBase: { lookUp: async () => ({ entries: new Map(), missing: [] }) } }),
      machine: {
        ...machine,
        files: async (name) => [...(await machine.files(name)), file],
        open: (name, wanted) => (wanted === path ? bytesOf(text) : machine.open(name, wanted)),
      },
    };
  };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const secret = (id: string, severity: string) => ({ RuleID: id, Severity: severity, Title: id, StartLine: 1 });

describeProgramScanner<ContainerTarget>(qualysContainer, {
  target: { scanner: 'qualys-container', image: 'shop:1.4', qscanner: {} },
  command: 'qscanner',
  asks: ({ args }) => (args.includes('--version') ? 'qscanner version 5.0.0\n' : undefined),
  unknownVersions: {
    'a version that is too old': 'qscanner version 3.2.0\n',
    'a major version that nobody knows': 'qscanner version 6.0.0\n',
    'another program of this name': 'the quick scanner of letters\n',
    'a program that prints nothing': '',
  },
  reportFile: RESULT,
  report: (_, { madeAtMs, isForeign, hasUnknownSeverity }) =>
    result({
      ScansPerformed: [performed('pkg'), performed('secret')],
      Metadata: {
        ScanStartTime: new Date(madeAtMs).toISOString(),
        Target: { ImageID: 'sha256:01', RepoTags: [isForeign ? 'other:1.4' : 'shop:1.4'] },
      },
      SecretResults: [
        { Target: 'app/.env', Secrets: [secret('a', 'HIGH'), secret('b', hasUnknownSeverity ? 'DREADFUL' : 'LOW')] },
      ],
    }),
  services: withBeside(SARIF, sarif([{ id: 990001, properties: { severity: 4 } }])),
  count: 3,
  wrongTypes: [
    {
      name: 'scans that are a text',
      change: (text) => text.replace(/"ScansPerformed":\[.*?\]/s, '"ScansPerformed":"all"'),
    },
    { name: 'a secret that is a text', change: (text) => text.replace('"Secrets":[', '"Secrets":["b",') },
    {
      name: 'a list in place of a severity',
      change: (text) => text.replace('"Severity":"HIGH"', '"Severity":["HIGH"]'),
    },
    { name: 'packages that are a text', change: (text) => text.replace(/"Packages":\[.*?\]/s, '"Packages":"none"') },
    { name: 'tags that are objects', change: (text) => text.replace('["shop:1.4"]', '[{"tag":1}]') },
    { name: 'a secret without a rule', change: (text) => text.replace('"RuleID":"a"', '"RuleID":""') },
  ],
  isDated: true,
});
