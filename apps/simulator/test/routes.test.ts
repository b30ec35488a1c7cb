/** Every registered route answers, in both flavours, with and without a trailing slash. */
import { describe, expect, test } from 'vitest';
import type { Route } from '../src/router.js';
import { ROUTES } from '../src/routes/index.js';
import { type Asking, boot, type Driver, launch } from './support/boot.js';
import { csOf } from './support/cs.js';
import { BUCKET, formOf, uploaded } from './support/templates.js';
import { parseXml } from './support/xml.js';

const IDS: Readonly<Record<string, string>> = {
  webapp: '1001',
  optionprofile: '9001',
  webappauthrecord: '7001',
  dnsoverride: '6501',
  tag: '301',
  wasscan: '1001002',
  scan: '1001002',
  finding: '1000001',
  report: '70001',
  agentasset: '88101',
  assetdataconnector: '7701',
};

const BODIES: Readonly<Record<string, object>> = {
  'create/was/webapp': { WebApp: { name: 'new', url: 'https://new.example.test/' } },
  'update/was/webapp': { WebApp: { name: 'other' } },
  'launch/was/wasscan': { WasScan: { name: 'n', type: 'DISCOVERY', target: { webApp: { id: 1007 } } } },
  'ignore/was/finding': { Finding: { ignoredReason: 'FALSE_POSITIVE' } },
  'editSeverity/was/finding': { Finding: { severity: 1 } },
  'create/was/report': {
    Report: {
      name: 'r',
      type: 'WAS_WEBAPP_REPORT',
      format: 'CSV',
      config: { webAppReport: { target: { webapps: { WebApp: { id: 1001 } } } } },
    },
  },
};

function pathOf(route: Route): string {
  return route.pattern
    .split('/')
    .map((part, at, parts) => {
      if (part === ':version') return route.versions?.at(-1) ?? '';
      return part === ':id' ? (IDS[parts[at - 1] ?? ''] ?? '') : part;
    })
    .join('/')
    .replace(/\/$/, '');
}

function bodyOf(route: Route): string | undefined {
  if (route.family !== 'qps' || !route.methods.includes('POST')) return undefined;
  const entry = Object.entries(BODIES).find(([name]) => route.pattern.includes(name));
  const filtered = /delete|ignore|activate|Severity/.test(route.pattern) && !route.pattern.endsWith(':id');
  const filters = filtered ? { filters: { Criteria: { field: 'id', operator: 'EQUALS', value: '1000001' } } } : {};
  return JSON.stringify({ ServiceRequest: { ...filters, ...(entry ? { data: entry[1] } : {}) } });
}

function askingOf(driver: Driver, route: Route, accept: string): Asking {
  const { username, password, clientId, clientSecret } = driver.simulator.announcement;
  const method = route.methods[0] ?? 'GET';
  if (route.pattern.endsWith('/iac/scan')) return { method, host: 'portal', ...formOf() };
  const body = method === 'POST' ? bodyOf(route) : undefined;
  const form = new URLSearchParams({ username, password, token: 'true', action: 'login' }).toString();
  const signIn = route.family === 'sign-in';
  const type = signIn ? 'application/x-www-form-urlencoded' : 'application/json';
  const names: Record<string, string> = route.pattern.startsWith('/auth/o') ? { clientId, clientSecret } : {};
  return {
    method,
    host: route.hosts[0] ?? 'api',
    headers: { Accept: accept, 'Content-Type': type, 'X-Requested-With': 'test', ...names },
    ...(signIn ? { body: form } : body === undefined ? {} : { body }),
  };
}

/** What FO calls need beside the action, or another action than `list`. */
const QUERIES: Readonly<Record<string, string>> = {
  'GET|POST /api/:version/fo/compliance/posture/info/': '?action=list&policy_id=991',
  'POST /api/:version/fo/asset/ip/': '?action=add&ips=192.0.2.10&enable_pc=1',
};

function queryOf(route: Route, { simulator }: Driver): string {
  const [scanUuid = ''] = simulator.world.iacScans.keys();
  if (route.family === 'fo') return QUERIES[route.name] ?? '?action=list';
  if (route.pattern.includes('/ods/')) return '?scan=Vulnerability_Scan';
  return route.pattern.endsWith('scanResult') ? `?scanUuid=${scanUuid}` : '';
}

const isCs = ({ pattern }: Route): boolean => pattern.startsWith('/csapi/');

/** Container Security has ids of its own, and takes tokens alone. */
describe.each(ROUTES.filter(isCs).map((route) => [route.name, route] as const))('%s', (_, { pattern, methods }) => {
  test.each(['', '/'])('with "%s" at the end', async (slash) => {
    const driver = await boot();
    const cs = await csOf(driver);
    const first = async (path: string) => (await cs.get(path)).data[0] ?? {};
    const registry = await first('registry');
    const schedules = `registry/${registry.registryUuid}/schedule`;
    const launched = {
      name: 'test scan',
      registryType: registry.registryType,
      onDemand: true,
      filters: [{ repoTags: [{ repo: 'shop/api', tag: '1.5' }] }],
    };
    const { scheduleId } = (await cs.post(schedules, launched)).value;
    const path = pattern
      .replace('/csapi/v1.3/', '')
      .replace(':registryId', String(registry.registryUuid))
      .replace(':scheduleId', String(scheduleId))
      .replace(':uuid', String((await first('centralizedPolicy')).uuid))
      .replace(':sha', String((await first(pattern.includes('containers') ? 'containers' : 'images')).sha));
    const call = methods[0] === 'POST' ? cs.post(path + slash, launched) : cs.get(path + slash);
    expect((await call).status).toBe(200);
  });
});

async function prepare(route: Route): Promise<Driver> {
  const driver = await boot({ seed: 'demo,agents=on' });
  if (route.pattern.includes('/report/:id')) {
    await driver.json('/qps/rest/3.0/create/was/report', { data: BODIES['create/was/report'] });
    driver.advance(100);
  }
  if (route.pattern.includes('cancel')) await launch(driver);
  if (route.pattern.endsWith('scanResult')) await uploaded(driver, { 'main.tf': BUCKET });
  return driver;
}

describe.each(ROUTES.filter((route) => !isCs(route)).map((route) => [route.name, route] as const))('%s', (_, route) => {
  test.each([
    ['XML', '*/*', ''],
    ['XML', '*/*', '/'],
    ['JSON', 'application/json', ''],
  ])('in %s (%s) with "%s" at the end', async (flavour, accept, slash) => {
    const driver = await prepare(route);
    const path = pathOf(route).replace(route.pattern.includes('cancel') ? '1001002' : 'none', '5000001');
    const query = queryOf(route, driver);
    const reply = await driver.ask(`${path}${slash}${query}`, askingOf(driver, route, accept));
    expect([200, 201], reply.text).toContain(reply.status);
    expect(reply.headers.get('x-qualys-simulator')).toBe('1');
    if (route.family !== 'qps' || route.pattern.includes('download/was/report')) return;
    if (flavour === 'JSON') expect(JSON.parse(reply.text).ServiceResponse.responseCode).toBe('SUCCESS');
    else expect(['ServiceResponse', 'WasScan']).toContain(parseXml(reply.text).root.name);
    expect(reply.text).not.toContain('INVALID_');
  });
});
