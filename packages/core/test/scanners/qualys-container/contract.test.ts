import { qualysContainer } from '../../../src/scanners/qualys-container/index.js';
import type { ContainerTarget } from '../../../src/scanners/qualys-container/target.js';
import { buildMachine, describeScanner } from '../../../src/testing/index.js';
import { CsPlatform, IMAGE, SHA } from './platform.js';

const docker = () =>
  buildMachine({
    program: ({ command, args }) => {
      if (!command.endsWith('docker')) return undefined;
      return args[0] === 'image' ? { stdout: `sha256:${SHA} []\n` } : {};
    },
  });

describeScanner<ContainerTarget>(qualysContainer, {
  target: { scanner: 'qualys-container', image: IMAGE },
  machine: docker,
  platform: () => new CsPlatform(),
  count: 2,
  launchesNothing: true,
  wrongTypes: [
    { name: 'a QID that is missing', change: (body) => body.replace('"qid":990001,', '') },
    { name: 'a kind that is not known', change: (body) => body.replace('"CONFIRMED"', '"RUMOURED"') },
    { name: 'a kind that is missing', change: (body) => body.replace('"typeDetected":"CONFIRMED",', '') },
    { name: 'a score above the scale', change: (body) => body.replace('"8.1"', '"81"') },
    { name: 'a list in place of a text', change: (body) => body.replace('"severity":4', '"severity":[4]') },
    {
      name: 'vulnerabilities that are a text',
      change: (body) => body.replace(/"vulnerabilities":\[.*\]/, '"vulnerabilities":"none"'),
    },
    { name: 'software without a name', change: (body) => body.replaceAll('"name":"openssl-libs",', '') },
    { name: 'a counter that is none', change: (body) => body.replace('"count":1', '"count":"one"') },
    { name: 'a list without its count', change: (body) => body.replace(/,"count":\d+/, '') },
    { name: 'a list that is a text', change: (body) => body.replace(/"data":\[.*\]/, '"data":"none"') },
    { name: 'an image without its id', change: (body) => body.replaceAll(`"sha":"${SHA}",`, '') },
    {
      name: 'a counter of a severity that is none',
      change: (body) => body.replace('"severity3Count":1', '"severity3Count":"one"'),
    },
    {
      name: 'threats that are a text',
      change: (body) => body.replace(/"threatIntel":\{[^}]*\}/, '"threatIntel":"some"'),
    },
  ],
});
