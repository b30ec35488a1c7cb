import { describe, expect, test } from 'vitest';
import { createFaults, FAULTS, type FaultName, UnknownFault } from '../src/faults.js';
import { boot, type Driver, type JsonRecord, launch, type ServiceJson, status } from './support/boot.js';
import { BUCKET, IAC, uploaded } from './support/templates.js';
import { all, parseXml, textOf } from './support/xml.js';

const WAS = '/qps/rest/3.0';
const KB = '/api/3.0/fo/knowledge_base/vuln/?action=list&ids=150001,150003,150528';
const COUNT = `${WAS}/count/was/webapp`;

function findings(driver: Driver, after = 0, limit = 100): Promise<ServiceJson> {
  return driver.json(`${WAS}/search/was/finding`, {
    preferences: { limitResults: limit },
    filters: {
      Criteria: [
        { field: 'webApp.id', operator: 'EQUALS', value: '1001' },
        { field: 'id', operator: 'GREATER', value: String(after) },
      ],
    },
  });
}

async function ended(driver: Driver, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const id = await launch(driver, 1001, more);
  driver.advance(3600);
  return status(driver, id);
}

async function bearer(driver: Driver): Promise<Record<string, string>> {
  const { clientId, clientSecret } = driver.simulator.announcement;
  const call = { host: 'gateway', method: 'POST', anonymous: true, headers: { clientId, clientSecret } } as const;
  return { Authorization: `Bearer ${(await driver.ask('/auth/oidc', call)).text}` };
}

/** What every fault does, as a client sees it. */
const EFFECTS: Readonly<Record<FaultName, (driver: Driver) => Promise<void>>> = {
  'rate-limited': async (driver) => {
    const { reply, root } = await driver.fo(KB);
    expect([reply.status, textOf(root, 'RESPONSE', 'CODE')]).toEqual([409, '1965']);
    expect(reply.headers.get('x-ratelimit-towait-sec')).toBe('2');
    expect(reply.headers.get('x-ratelimit-remaining')).toBeNull();
    expect((await driver.fo(KB)).reply.status).toBe(200);
  },
  concurrency: async (driver) => {
    const { reply, root } = await driver.fo(KB);
    expect([reply.status, textOf(root, 'RESPONSE', 'CODE')]).toEqual([409, '1960']);
    expect((await driver.fo(KB)).reply.status).toBe(200);
  },
  'maintenance-503': async (driver) => {
    const { reply, root } = await driver.fo(KB);
    expect([reply.status, textOf(root, 'RESPONSE', 'CODE')]).toEqual([503, '1999']);
    const qps = await driver.ask(COUNT);
    expect([qps.status, qps.headers.get('content-type')]).toEqual([503, 'text/html; charset=UTF-8']);
    expect((await driver.ask('/auth', { host: 'gateway', method: 'POST' })).status).toBe(503);
  },
  'html-error': async (driver) => {
    const reply = await driver.ask(COUNT);
    expect([reply.status, parseXml(reply.text).root.name]).toEqual([502, 'html']);
  },
  'cut-socket': async (driver) => {
    await expect(findings(driver)).rejects.toThrow();
    expect((await findings(driver)).count).toBe(33);
  },
  'slow-body': async (driver) => {
    driver.simulator.world.faults.replace(['slow-body=seconds:0.3']);
    const begun = Date.now();
    expect((await findings(driver)).count).toBe(33);
    expect(Date.now() - begun).toBeGreaterThan(280);
  },
  'truncated-page': async (driver) => {
    await expect(findings(driver)).rejects.toThrow(SyntaxError);
    expect((await findings(driver)).count).toBe(33);
  },
  'repeated-page': async (driver) => {
    const first = await findings(driver);
    expect([first.count, first.hasMoreRecords]).toEqual([10, 'true']);
    for (let page = 0; page < 3; page += 1) expect((await findings(driver, first.lastId)).data).toEqual(first.data);
  },
  'missing-page': async (driver) => {
    const first = await findings(driver);
    expect(first.hasMoreRecords).toBe('true');
    expect(await findings(driver, first.lastId)).toEqual({ count: 0, responseCode: 'SUCCESS' });
    expect((await driver.json(`${WAS}/count/was/finding`, { filters: { Criteria: [] } })).count).toBeGreaterThan(33);
  },
  'expired-token': async (driver) => {
    const headers = await bearer(driver);
    const call = { host: 'gateway', anonymous: true, headers } as const;
    const reply = await driver.ask(COUNT, call);
    expect([reply.status, JSON.parse(reply.text).message]).toEqual([401, 'JWT expired']);
    expect((await driver.ask(COUNT, call)).status).toBe(200);
  },
  'wrong-password': async (driver) => {
    expect((await driver.fo(KB)).reply.status).toBe(401);
    expect((await driver.json(COUNT)).responseCode).toBe('INVALID_CREDENTIALS');
    const { clientId, clientSecret, username, password } = driver.simulator.announcement;
    const gateway = { host: 'gateway', method: 'POST', anonymous: true } as const;
    expect((await driver.ask('/auth/oidc', { ...gateway, headers: { clientId, clientSecret } })).status).toBe(401);
    const body = new URLSearchParams({ username, password, token: 'true' }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await driver.ask('/auth', { ...gateway, headers, body })).status).toBe(401);
  },
  'error-in-200': async (driver) => {
    const { reply, root } = await driver.fo(KB);
    expect([reply.status, textOf(root, 'RESPONSE', 'CODE')]).toEqual([200, '2001']);
    expect((await findings(driver)).responseCode).toBe('OTHER_ERROR');
    expect((await driver.json(COUNT)).responseCode).toBe('SUCCESS');
  },
  'launch-lost-answer': async (driver) => {
    await expect(launch(driver)).rejects.toThrow();
    const { launches, scans } = driver.simulator.world.store;
    expect(launches.map(({ name }) => name)).toEqual(['test scan']);
    expect([...scans.values()].filter(({ name }) => name === 'test scan')).toHaveLength(1);
  },
  'scan-error': async (driver) => {
    expect(await ended(driver)).toBe('ERROR/SCAN_INTERNAL_ERROR/NONE');
  },
  'no-host-alive': async (driver) => {
    expect(await ended(driver)).toBe('FINISHED/NO_HOST_ALIVE/NONE');
    const { root } = await driver.xml(`${WAS}/download/was/wasscan/5000001`);
    expect([textOf(root, 'summary', 'linksCrawled'), textOf(root, 'stats', 'global', 'nbVulnsTotal')]).toEqual([
      '0',
      '0',
    ]);
  },
  'no-web-service': async (driver) => {
    expect(await ended(driver)).toBe('FINISHED/NO_WEB_SERVICE/NONE');
  },
  'time-limit': async (driver) => {
    expect(await ended(driver)).toBe('FINISHED/TIME_LIMIT_REACHED/NONE');
    const { root } = await driver.xml(`${WAS}/download/was/wasscan/5000001`);
    expect(textOf(root, 'vulns', 'count')).toBe('16');
  },
  cancelled: async (driver) => {
    expect(await ended(driver)).toBe('CANCELED/CANCELED/NONE');
  },
  'auth-failed': async (driver) => {
    const target = { webApp: { id: 1001 }, webAppAuthRecord: { isDefault: true } };
    expect(await ended(driver, { target })).toBe('FINISHED/SUCCESSFUL/FAILED');
  },
  'stuck-running': async (driver) => {
    const id = await launch(driver);
    driver.advance(1e7);
    expect(await status(driver, id)).toBe('RUNNING/RUNNING/NONE');
    await driver.json(`${WAS}/cancel/was/wasscan/${id}`, {});
    driver.advance(60);
    expect(await status(driver, id)).toBe('CANCELED/CANCELED/NONE');
  },
  'processing-late': async (driver) => {
    expect(await ended(driver)).toBe('FINISHED/PROCESSING/NONE');
    driver.advance(3600);
    expect(await status(driver, 5000001)).toBe('FINISHED/SUCCESSFUL/NONE');
  },
  'kb-missing-qid': async (driver) => {
    const { root } = await driver.fo(KB);
    expect(all(root, 'QID').map(({ text }) => text)).toEqual(['150003', '150528']);
  },
  'single-object-list': async (driver) => {
    const answer = await driver.json(`${WAS}/search/was/webapp`, {
      filters: { Criteria: { field: 'id', operator: 'EQUALS', value: '1002' } },
    });
    const data: unknown = answer.data;
    expect(data).toMatchObject({ WebApp: { id: 1002, tags: { count: 1, list: { Tag: { id: 302 } } } } });
  },
  'bad-base64': async (driver) => {
    const results = async (): Promise<readonly string[]> =>
      all((await driver.xml(`${WAS}/download/was/wasscan/1001002`)).root, 'data').map(({ text }) => text);
    expect((await results()).some((text) => text.length % 4 !== 0)).toBe(true);
    driver.simulator.world.faults.replace(['bad-base64=word:junk']);
    expect((await results()).every((text) => text.startsWith('%%'))).toBe(true);
  },
  'counter-mismatch': async (driver) => {
    const { root } = await driver.xml(`${WAS}/download/was/wasscan/1001002`);
    expect([textOf(root, 'stats', 'global', 'nbVulnsTotal'), textOf(root, 'vulns', 'count')]).toEqual(['19', '16']);
    const filters = { Criteria: { field: 'webApp.id', operator: 'EQUALS', value: '1001' } };
    expect((await driver.json(`${WAS}/count/was/finding`, { filters })).count).toBe(36);
  },
  'unknown-status': async (driver) => {
    expect(await ended(driver)).toBe('HIBERNATED/HIBERNATED/NONE');
  },
  'empty-result': async (driver) => {
    const uuid = await uploaded(driver, { 'main.tf': BUCKET });
    driver.advance(3600);
    const reply = await driver.ask(`${IAC}/scanResult?scanUuid=${uuid}`, { host: 'portal' });
    expect(JSON.parse(reply.text)).toMatchObject({ status: 'FINISHED', result: [] });
  },
  'unknown-severity': async (driver) => {
    const severities = ((await findings(driver)).data ?? []).map((entry) => (entry.Finding as JsonRecord).severity);
    expect(severities.filter((severity) => severity === '6')).toHaveLength(1);
  },
};

describe('every fault', () => {
  test.each(Object.keys(FAULTS) as FaultName[])('%s', async (name) => {
    const driver = await boot({ faults: [name] });
    await EFFECTS[name](driver);
  });
});

describe('faults with settings', () => {
  test('strike as often as they are told', async () => {
    const driver = await boot({ faults: ['html-error=2'] });
    const statuses = [];
    for (let call = 0; call < 3; call += 1) statuses.push((await driver.ask(COUNT)).status);
    expect(statuses).toEqual([502, 502, 200]);
  });

  test('strike named routes only, counted ones or not', async () => {
    const driver = await boot({ faults: ['rate-limited=route:count/was/webapp,wait:7'] });
    expect((await driver.fo(KB)).reply.status).toBe(200);
    const reply = await driver.ask(COUNT);
    expect([reply.status, reply.headers.get('x-ratelimit-towait-sec')]).toEqual([409, '7']);
  });

  test('answer 429 on the gateway', async () => {
    const driver = await boot({ faults: ['rate-limited'] });
    const headers = await bearer(driver);
    expect((await driver.ask(COUNT, { host: 'gateway', anonymous: true, headers })).status).toBe(429);
  });

  test.each([
    ['scan-error=word:SERVICE_ERROR', 'ERROR/SERVICE_ERROR/NONE'],
    ['time-limit=word:TIME_LIMIT_EXCEEDED', 'FINISHED/TIME_LIMIT_EXCEEDED/NONE'],
    ['cancelled=word:CANCELED_WITH_RESULTS', 'CANCELED/CANCELED_WITH_RESULTS/NONE'],
    ['unknown-status=word:ASLEEP', 'ASLEEP/ASLEEP/NONE'],
  ])('%s ends in its own word', async (fault, expected) => {
    expect(await ended(await boot({ faults: [fault] }))).toBe(expected);
  });

  test('strike one launch, and leave the next one alone', async () => {
    const driver = await boot({ faults: ['scan-error=1'] });
    expect(await ended(driver)).toBe('ERROR/SCAN_INTERNAL_ERROR/NONE');
    expect(await ended(driver)).toBe('FINISHED/SUCCESSFUL/NONE');
  });

  test('cut and truncate after as many bytes as they are told', async () => {
    const driver = await boot({ faults: ['truncated-page=bytes:5,route:count/was/webapp'] });
    expect((await driver.ask(COUNT)).text).toBe('<?xml');
  });

  test('take away the QID they are told', async () => {
    const driver = await boot({ faults: ['kb-missing-qid=qid:150528'] });
    expect(all((await driver.fo(KB)).root, 'QID').map(({ text }) => text)).toEqual(['150001', '150003']);
  });
});

describe('faults that do not exist', () => {
  test('are refused with the list of those that do', () => {
    expect(() => createFaults(['rainy-day'])).toThrow(UnknownFault);
    expect(() => createFaults(['rainy-day'])).toThrow(/rate-limited, concurrency,.*unknown-severity/);
  });

  test.each(['html-error=colour:red', 'html-error=0', 'html-error=often', 'html-error=times:-1'])('%s', (fault) => {
    expect(() => createFaults([fault])).toThrow(UnknownFault);
  });
});
