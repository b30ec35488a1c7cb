import { qualysVm } from '../../../src/scanners/qualys-vm/index.js';
import type { VmTarget } from '../../../src/scanners/qualys-vm/target.js';
import { describeScanner } from '../../../src/testing/index.js';
import { VmPlatform } from './platform.js';

const LISTS = [
  { name: 'a list of scans under another root', change: (body: string) => body.replaceAll('SCAN_LIST_OUTPUT', 'LIST') },
  { name: 'a scan under another name', change: (body: string) => body.replaceAll('SCAN>', 'LOOK>') },
  { name: 'a scan without a reference', change: (body: string) => body.replace(/<REF>.*?<\/REF>/, '') },
  {
    name: 'a summary that counts in words',
    change: (body: string) => body.replace('"active_hosts":"1"', '"active_hosts":"one"'),
  },
];

describeScanner<VmTarget>(qualysVm, {
  target: { scanner: 'qualys-vm', host: '192.0.2.10' },
  platform: () => new VmPlatform({ isOnePiece: true }),
  count: 2,
  wrongTypes: [
    ...LISTS,
    { name: 'a detection without a QID', change: (body) => body.replace('"qid":38173,', '') },
    { name: 'a QID that is a list', change: (body) => body.replace('"qid":38173', '"qid":[1]') },
    { name: 'a type that nobody knows', change: (body) => body.replace('"type":"Vuln"', '"type":"Rumour"') },
    { name: 'a severity that is a list', change: (body) => body.replace('"severity":"4"', '"severity":[4]') },
    { name: 'a score that is none', change: (body) => body.replace('"7.5 (AV', '"high (AV') },
    { name: 'a port in words', change: (body) => body.replace('"port":"443"', '"port":"https"') },
    { name: 'a PCI flag in other words', change: (body) => body.replace('"pci_vuln":"yes"', '"pci_vuln":"perhaps"') },
    { name: 'a row that is a text', change: (body) => body.replace(/\[\{"scan_report[^}]*\}/, '["header"') },
    { name: 'rows in an object', change: (body) => (body.startsWith('[') ? `{"rows":${body}}` : body) },
  ],
});

describeScanner<VmTarget>(qualysVm, {
  target: { scanner: 'qualys-vm', hosts: ['192.0.2.10'], detections: 'host' },
  platform: () => new VmPlatform(),
  count: 2,
  wrongTypes: [
    ...LISTS,
    {
      name: 'host detections under another root',
      change: (body) => body.replaceAll('HOST_LIST_VM_DETECTION', 'HOSTS'),
    },
    { name: 'a host without an id', change: (body) => body.replace('<HOST><ID>1</ID>', '<HOST>') },
    { name: 'an id in words', change: (body) => body.replace('<HOST><ID>1</ID>', '<HOST><ID>first</ID>') },
    { name: 'a detection without a QID', change: (body) => body.replace('<QID>38173</QID><TYPE>', '<TYPE>') },
    { name: 'a detection without a type', change: (body) => body.replace('<TYPE>Confirmed</TYPE>', '') },
    { name: 'a score above the scale', change: (body) => body.replace('>71<', '>171<') },
    { name: 'a flag that is none', change: (body) => body.replace('<IS_IGNORED>0', '<IS_IGNORED>no') },
    { name: 'a detection of another name', change: (body) => body.replaceAll('DETECTION>', 'FLAW>') },
  ],
});
