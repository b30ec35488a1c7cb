import { wapiti } from '../../../src/scanners/wapiti/index.js';
import type { WebTarget } from '../../../src/scanners/web-program.js';
import { describeProgramScanner } from '../../../src/testing/index.js';
import { MODULES_TEXT, wapitiReport } from './support.js';

describeProgramScanner<WebTarget>(wapiti, {
  target: { url: 'http://127.0.0.1:8080/' },
  command: 'wapiti',
  asks: ({ args }) =>
    args.includes('--version') ? 'Wapiti 3.0.4\n' : args.includes('--list-modules') ? MODULES_TEXT : undefined,
  unknownVersions: {
    'a version that is too old': 'Wapiti 2.3.0\n',
    'a major version that nobody knows': 'Wapiti 4.0.0\n',
    'another program of this name': 'an animal of North America\n',
    'a program that prints nothing': '',
  },
  reportFile: 'wapiti.json',
  report: ({ args }, sketch) => wapitiReport(args, sketch),
  prints: () => ({ stdout: '[*] Wapiti found 7 URLs and forms during the scan\n[*] Launching module sql\n' }),
  count: 2,
  wrongTypes: [
    { name: 'a category that is a text', change: (text) => text.replace(/"Anything":\[[^\]]*\]/, '"Anything":"none"') },
    {
      name: 'vulnerabilities that are a list',
      change: (text) => text.replace('"vulnerabilities":{', '"vulnerabilities":[],"x":{'),
    },
    { name: 'no infos', change: (text) => text.replace('"infos"', '"notes"') },
    { name: 'a list in place of an address', change: (text) => text.replace('"path":"/search"', '"path":["/search"]') },
  ],
  isDated: true,
  machine: { reach: () => ({ answers: true, status: 200 }) },
});
