import { describe } from 'vitest';
import { qualysRegistry } from '../../../src/scanners/qualys-registry/index.js';
import type { RegistryTarget } from '../../../src/scanners/qualys-registry/target.js';
import { describeScanner } from '../../../src/testing/index.js';
import { CsPlatform, IMAGE, SHA } from '../qualys-container/platform.js';

const target: RegistryTarget = { scanner: 'qualys-registry', image: IMAGE, scanNow: true };

describe('with a scan of the registry', () => {
  describeScanner<RegistryTarget>(qualysRegistry, {
    target,
    platform: () => new CsPlatform({}, 'job'),
    count: 2,
    wrongTypes: [
      { name: 'a QID that is missing', change: (body) => body.replace('"qid":990001,', '') },
      { name: 'a kind that is not known', change: (body) => body.replace('"CONFIRMED"', '"RUMOURED"') },
      { name: 'a status of the job that is a list', change: (body) => body.replace('"Finished"', '["Finished"]') },
      { name: 'jobs without their count', change: (body) => body.replace(/,"count":\d+/, '') },
      { name: 'a job without its id', change: (body) => body.replace('"scheduleUuid":"job-1",', '') },
      { name: 'an image without its id', change: (body) => body.replaceAll(`"sha":"${SHA}",`, '') },
    ],
  });
});
