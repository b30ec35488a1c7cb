import { qualysRuntime } from '../../../src/scanners/qualys-runtime/index.js';
import type { RuntimeTarget } from '../../../src/scanners/qualys-runtime/target.js';
import { describeScanner } from '../../../src/testing/index.js';
import { CsPlatform, IMAGE } from '../qualys-container/platform.js';

describeScanner<RuntimeTarget>(qualysRuntime, {
  target: { scanner: 'qualys-runtime', image: IMAGE },
  platform: () => new CsPlatform(),
  count: 2,
  launchesNothing: true,
  waitsForNothing: true,
  wrongTypes: [
    { name: 'a QID that is missing', change: (body) => body.replace('"qid":990001,', '') },
    { name: 'a kind that is not known', change: (body) => body.replace('"CONFIRMED"', '"RUMOURED"') },
    {
      name: 'containers without their count',
      change: (body) => body.replace(/("state":"STOPPED".*),"count":\d+/, '$1'),
    },
    { name: 'a state that is a list', change: (body) => body.replace('"RUNNING"', '["RUNNING"]') },
    { name: 'a host that is a text', change: (body) => body.replace(/"host":\{[^}]*\}/, '"host":"node"') },
    { name: 'a container of no image', change: (body) => body.replace(/"imageId":"\w+","imageSha":"\w+",/, '') },
    { name: 'a container without its id', change: (body) => body.replace(/"sha":"1+",/, '') },
    { name: 'a drift flag that is none', change: (body) => body.replace('"isDrift":false', '"isDrift":"perhaps"') },
  ],
});
