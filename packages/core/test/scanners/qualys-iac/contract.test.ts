import { qualysIac } from '../../../src/scanners/qualys-iac/index.js';
import type { IacTarget } from '../../../src/scanners/qualys-iac/target.js';
import { describeScanner } from '../../../src/testing/index.js';
import { IacPlatform, infra } from './platform.js';

describeScanner<IacTarget>(qualysIac, {
  target: { scanner: 'qualys-iac', path: 'infra' },
  machine: infra,
  platform: () => new IacPlatform(),
  count: 2,
  wrongTypes: [
    { name: 'a list that is a text', change: (body) => body.replace(/"content":\[.*\],"t/, '"content":"none","t') },
    { name: 'a list without content', change: (body) => body.replace('"content":', '"contents":') },
    { name: 'a scan without a status', change: (body) => body.replace('"status":"FINISHED","scanDate"', '"scanDate"') },
    { name: 'a scan without an id', change: (body) => body.replace('"scanUuid":', '"uuid":') },
    { name: 'a check without an id', change: (body) => body.replace('"checkId":"9001",', '') },
    { name: 'a check without a file', change: (body) => body.replace('"filePath":"/main.tf",', '') },
    { name: 'a check that is a text', change: (body) => body.replace('"failedChecks":[', '"failedChecks":["9000",') },
    {
      name: 'failed checks that are no list',
      change: (body) => body.replace(/"failedChecks":\[.*?\],"p/, '"failedChecks":"many","p'),
    },
    { name: 'a failed check that passed', change: (body) => body.replace('"FAILED"', '"PASSED"') },
    { name: 'a check with a result of its own', change: (body) => body.replace('"FAILED"', '"PERHAPS"') },
    { name: 'a counter that is none', change: (body) => body.replace('"failed":2', '"failed":"two"') },
    {
      name: 'a summary that is a text',
      change: (body) => body.replace(/"summary":\{"passed".*?Errors":0\}/, '"summary":"fine"'),
    },
    { name: 'a result that is no list', change: (body) => body.replace(/"result":\[\{.*\}\]\}$/, '"result":"none"}') },
  ],
});
