/** The probes: who is there, and in which version. */
import { foHeaders } from '../envelopes/fo.js';
import { servicePage } from '../envelopes/qps.js';
import { group, text, type Value } from '../envelopes/record.js';
import { el, renderElement } from '../envelopes/xml.js';
import type { Answer } from '../http/call.js';
import type { Context, Route } from '../router.js';

const WEB = '10.38.0.0-1';
const SCANNER = '14.9.36-1';
const SIGNATURES = '2.6.461-3';

function about({ world }: Context): Answer {
  const root = el('ABOUT', [
    el('API-VERSION', [], { MAJOR: '1', MINOR: '4' }),
    el('WEB-VERSION', WEB),
    el('SCANNER-VERSION', SCANNER),
    el('VULNSIGS-VERSION', SIGNATURES),
  ]);
  return {
    status: 200,
    headers: { ...foHeaders(world, true), 'Content-Type': 'text/xml' },
    body: `<?xml version="1.0" encoding="UTF-8" ?>
<!DOCTYPE ABOUT SYSTEM "${world.urls.api}/about.dtd">
${renderElement(root)}<!-- CONFIDENTIAL: simulated data, without any warranty. //-->
`,
  };
}

const MODULES: readonly (readonly [string, string])[] = [
  ['PortalApplication-VERSION', '3.20.0.0-1 SIMULATED'],
  ['ITAM-VERSION', '2.20.0.0'],
  ['WAF-VERSION', '2.20.0.0'],
  ['WAS-VERSION', '10.9.0.0'],
  ['CERTVIEW-VERSION', '4.1.0.0'],
  ['CLOUDVIEW-VERSION', '2.16.0.0'],
  ['CA-VERSION', '4.3.0.0'],
  ['CS-VERSION', '1.43.0'],
  ['PC-VERSION', '1.11.0.0'],
  ['VM-VERSION', '2.9.0'],
];

function versions(entries: readonly (readonly [string, string])[]): Value {
  return group(entries.map(([name, version]) => [name, text(version)]));
}

/** Recorded: one count, and two records of different types. */
function portalVersion(context: Context): Answer {
  const web = [
    ['WEB-VERSION', WEB],
    ['SCANNER-VERSION', SCANNER],
    ['VULNSIGS-VERSION', SIGNATURES],
  ] as const;
  const page = servicePage(context, {
    schema: 'version',
    count: 1,
    uncounted: true,
    records: [
      ['Portal-Version', versions(MODULES)],
      ['QWeb-Version', versions(web)],
    ],
  });
  const { evaluation: _, 'X-Powered-By': __, ...headers } = page.headers;
  return { ...page, headers: { ...headers, 'Set-Cookie': 'JSESSIONID=SIMULATED; Path=/; HttpOnly' } };
}

export const aboutRoutes: readonly Route[] = [
  {
    name: 'GET|POST /msp/about.php',
    family: 'legacy',
    hosts: ['api'],
    methods: ['GET', 'POST'],
    pattern: '/msp/about.php',
    answer: about,
  },
  {
    name: 'GET /qps/rest/portal/version',
    family: 'qps',
    hosts: ['api', 'gateway'],
    methods: ['GET'],
    pattern: '/qps/rest/portal/version',
    answer: portalVersion,
  },
];
