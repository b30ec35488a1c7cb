import { qualysPc } from '../../../src/scanners/qualys-pc/index.js';
import type { PcTarget } from '../../../src/scanners/qualys-pc/target.js';
import { describeScanner } from '../../../src/testing/index.js';
import { PcPlatform } from './platform.js';

describeScanner<PcTarget>(qualysPc, {
  target: {
    scanner: 'qualys-pc',
    policies: ['CIS Debian 12'],
    host: '192.0.2.10',
    mode: 'scan',
    optionProfile: 'Compliance',
    scannerAppliance: 'External',
  },
  platform: () => new PcPlatform(),
  count: 2,
  wrongTypes: [
    { name: 'a result without a status', change: (body) => body.replace('<STATUS>Failed</STATUS>', '') },
    { name: 'a result without a control', change: (body) => body.replace('<CONTROL_ID>1045</CONTROL_ID>', '') },
    { name: 'a control that is no number', change: (body) => body.replace('<CONTROL_ID>1045<', '<CONTROL_ID>all<') },
    { name: 'a host that is no number', change: (body) => body.replace('<HOST_ID>501<', '<HOST_ID>*<') },
    { name: 'a result without an id', change: (body) => body.replace('<INFO><ID>1</ID>', '<INFO>') },
    { name: 'a result twice', change: (body) => body.replace('<INFO><ID>2</ID>', '<INFO><ID>1</ID>') },
    { name: 'a counter that is none', change: (body) => body.replace('<TOTAL>3<', '<TOTAL>three<') },
    { name: 'text among the results', change: (body) => body.replace('<INFO_LIST>', '<INFO_LIST>none') },
    {
      name: 'an element that nobody knows among the results',
      change: (body) => body.replace('<INFO_LIST>', '<INFO_LIST><OTHER><ID>7</ID></OTHER>'),
    },
    {
      name: 'results outside their list',
      change: (body) => body.replace('<INFO_LIST>', '').replace('</INFO_LIST>', ''),
    },
    {
      name: 'results under another name',
      change: (body) => body.replace('<INFO_LIST>', '<LIST>').replace('</INFO_LIST>', '</LIST>'),
    },
    {
      name: 'the posture of another policy',
      change: (body) =>
        body.replace(/(<POSTURE_INFO_LIST_OUTPUT><RESPONSE>)(.*)(<\/RESPONSE>)/s, '$1<POLICY><ID>5</ID>$2</POLICY>$3'),
    },
    { name: 'a scan without a state', change: (body) => body.replace(/<STATE>\w+<\/STATE>/, '') },
  ],
});
