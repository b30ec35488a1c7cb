import { qualysWas } from '../../../src/scanners/qualys-was/index.js';
import type { WasTarget } from '../../../src/scanners/qualys-was/target.js';
import { describeScanner } from '../../../src/testing/index.js';
import { WasPlatform } from './platform.js';

describeScanner<WasTarget>(qualysWas, {
  target: { scanner: 'qualys-was', webApp: 'Shop', authRecord: 'none' },
  platform: () => new WasPlatform(),
  count: 2,
  wrongTypes: [
    { name: 'a QID that is no number', change: (body) => body.replace('"qid":150001', '"qid":"many"') },
    {
      name: 'a finding without a type',
      change: (body) => body.replace('"type":"VULNERABILITY","potential"', '"potential"'),
    },
    {
      name: 'a finding of an unknown type',
      change: (body) => body.replace('"VULNERABILITY","potential"', '"RUMOUR","potential"'),
    },
    { name: 'a flag that is none', change: (body) => body.replace('"isIgnored":"false"', '"isIgnored":"perhaps"') },
    { name: 'a list in place of a text', change: (body) => body.replace('"severity":"4"', '"severity":[4]') },
    { name: 'a text in place of an object', change: (body) => body.replace(/"summary":\{[^}]*\}/, '"summary":"fine"') },
    { name: 'a history that is a text', change: (body) => body.replace(/"history":\{[^\]]*\]\}/, '"history":"long"') },
    { name: 'a counter that is none', change: (body) => body.replace('"nbVulnsTotal":2', '"nbVulnsTotal":"two"') },
    { name: 'a record without an id', change: (body) => body.replace('"id":1,', '') },
    { name: 'a record of two types', change: (body) => body.replace('{"Finding":', '{"Other":{},"Finding":') },
    { name: 'data that is a text', change: (body) => body.replace(/"data":\[.*\]/s, '"data":"none"') },
    {
      name: 'a score above the scale',
      change: (body) => body.replace('"severity":"4"', '"severity":"4","detectionScore":1000'),
    },
  ],
});
