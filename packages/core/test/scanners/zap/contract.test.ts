import type { WebTarget } from '../../../src/scanners/web-program.js';
import { zap } from '../../../src/scanners/zap/index.js';
import { describeProgramScanner } from '../../../src/testing/index.js';
import { ZAP_VERSION_TEXT, zapReport } from './support.js';

describeProgramScanner<WebTarget>(zap, {
  target: { url: 'http://127.0.0.1:8080/shop/' },
  command: 'zap.sh',
  asks: ({ args }) => (args.includes('-version') ? ZAP_VERSION_TEXT : undefined),
  unknownVersions: {
    'a version that is too old': 'Found Java version 17.0.1\n2.9.0\n',
    'a major version that nobody knows': 'Found Java version 17.0.1\n3.0.0\n',
    'a weekly build': 'Found Java version 17.0.1\nD-2031-01-27\n',
    'a launcher without its program': 'Found Java version 17.0.1\n',
    'a program that prints nothing': '',
  },
  reportFile: 'zap.json',
  report: ({ files }, sketch) => zapReport(files ?? {}, sketch),
  prints: () => ({ stdout: 'Job spider found 7 URLs\nAutomation plan succeeded!\n' }),
  count: 2,
  bareElements: (text) => {
    const report = JSON.parse(text) as { site: unknown[] };
    return JSON.stringify({ ...report, site: report.site[0] });
  },
  wrongTypes: [
    { name: 'a site that is a text', change: (text) => text.replace(/"site":.*$/s, '"site":"none"}') },
    { name: 'alerts that are a text', change: (text) => text.replace(/"alerts":.*$/s, '"alerts":"none"}]}') },
    { name: 'an alert without a name', change: (text) => text.replace(/"pluginid":"40012","alert":"[^"]*",/, '') },
    { name: 'a list in place of a text', change: (text) => text.replace('"riskcode":"3"', '"riskcode":["3"]') },
  ],
  isDated: true,
  machine: { reach: () => ({ answers: true, status: 200 }) },
});
