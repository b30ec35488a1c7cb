import { qualysAgent } from '../../../src/scanners/qualys-agent/index.js';
import type { AgentTarget } from '../../../src/scanners/qualys-agent/target.js';
import { describeScanner } from '../../../src/testing/index.js';
import { AgentPlatform } from './platform.js';

describeScanner<AgentTarget>(qualysAgent, {
  target: { scanner: 'qualys-agent', host: 'build-17.example.test', onDemand: true },
  platform: () => new AgentPlatform(),
  count: 2,
  // A request to an agent has neither a name nor a state: only its result shows.
  lacks: ['cancelled', 'unknown state'],
  foundWhen: 'done',
  wrongTypes: [
    { name: 'an asset without an id', change: (body) => body.replace('"id":17,', '') },
    { name: 'an agent that is a text', change: (body) => body.replace(/"agentInfo":\{[^}]*\}/, '"agentInfo":"yes"') },
    { name: 'a time that is none', change: (body) => body.replace(/"lastVulnScan":"[^"]*"/, '"lastVulnScan":"soon"') },
    { name: 'a time that is a list', change: (body) => body.replace(/"lastVulnScan":"[^"]*"/, '"lastVulnScan":[1]') },
    { name: 'a host id that is an object', change: (body) => body.replace('"qwebHostId":1017', '"qwebHostId":{}') },
    { name: 'a QID that is no number', change: (body) => body.replace('<QID>38173', '<QID>many') },
    { name: 'a detection without a type', change: (body) => body.replace('<TYPE>Confirmed</TYPE>', '') },
    { name: 'a detection of an unknown type', change: (body) => body.replace('<TYPE>Confirmed', '<TYPE>Rumour') },
    { name: 'a flag that is none', change: (body) => body.replace('<IS_IGNORED>0', '<IS_IGNORED>perhaps') },
    { name: 'a host that was not asked for', change: (body) => body.replace('<ID>1017', '<ID>1018') },
    { name: 'a host without an id', change: (body) => body.replace('<ID>1017</ID>', '') },
    { name: 'an unknown list', change: (body) => body.replace(/DETECTION_LIST>/g, 'DISCOVERY_LIST>') },
    { name: 'another root', change: (body) => body.replace(/HOST_LIST_VM_DETECTION_OUTPUT>/g, 'HOST_LIST_OUTPUT>') },
  ],
});
