/** The subscription `demo`: a handful of web applications, each there for a reason, and the same on every machine. */
import { stableGuid } from '../hash.js';
import { SERVICE_LEVELS, type ServiceLevel } from '../limits.js';
import type { Account, FindingSource, Host, Scan, ScanPace, Seed, WebApp } from '../model.js';
import { agentHosts } from './agents.js';
import { complianceSeed } from './compliance.js';
import { demoContainers } from './cs.js';
import { generatedSource, listedSource, type Sighting } from './findings.js';
import { KNOWLEDGE_BASE } from './knowledge-base.js';
import { vmSeed } from './machines.js';
import { cleanSightings, membersSightings, portalSightings, shopSightings } from './sightings.js';

export interface DemoOptions {
  readonly bigFindings: number;
  /** Length of every scan; each application has its own when absent. */
  readonly scanMinutes?: number;
  readonly whenBusy: 'refuse' | 'queue';
  readonly service: ServiceLevel;
  readonly password: 'ascii' | 'unicode';
  readonly account: Account['state'];
  /** Whether there are machines with agents. */
  readonly agents: boolean;
}

const DEFAULTS: DemoOptions = {
  bigFindings: 250,
  whenBusy: 'refuse',
  service: SERVICE_LEVELS.standard,
  password: 'ascii',
  account: 'active',
  agents: false,
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

// Signs that a form, a URL and a Basic header each have to encode in their own way.
const PASSWORDS = { ascii: 'S1m&ulated=pass+word%20:/', unicode: 'S1m-Pässwörd-λ€' };

function account(options: DemoOptions): Account {
  return {
    username: 'simul_ab1',
    password: PASSWORDS[options.password],
    clientId: stableGuid('client', 1),
    clientSecret: `${stableGuid('secret', 1)}~sim&secret`,
    state: options.account,
    evaluation: true,
    pod: 'SIMPOD1',
    subscriptionId: stableGuid('subscription', 1),
    userId: stableGuid('user', 1),
    person: { id: 4401, username: 'simul_ab1', firstName: 'Sim', lastName: 'Ulated' },
    cvss: true,
  };
}

const TAGS = [
  { id: 301, name: 'staging' },
  { id: 302, name: 'production' },
  { id: 303, name: 'public' },
  { id: 310, name: 'scanner: office' },
];

interface AppFacts {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly tagIds?: number[];
  readonly profile?: number;
  readonly authRecordIds?: number[];
  readonly internal?: string;
  readonly runSeconds: number;
  readonly links: number;
  readonly riskScore?: number;
  readonly pastScans: number;
  readonly sightings: (base: string) => readonly Sighting[];
}

const BIG_ID = 1005;

const APPS: readonly AppFacts[] = [
  {
    id: 1001,
    name: 'Shop (staging)',
    url: 'https://shop-staging.example.test/',
    tagIds: [301, 303],
    profile: 9001,
    authRecordIds: [7001],
    runSeconds: 600,
    links: 148,
    riskScore: 790,
    pastScans: 2,
    sightings: shopSightings,
  },
  {
    id: 1002,
    name: 'Handbook',
    url: 'https://handbook.example.test/',
    tagIds: [302],
    profile: 9001,
    runSeconds: 300,
    links: 61,
    pastScans: 1,
    sightings: cleanSightings,
  },
  {
    id: 1003,
    name: 'Portal API',
    url: 'https://portal.example.test/api/',
    tagIds: [302],
    profile: 9001,
    runSeconds: 420,
    links: 33,
    riskScore: 240,
    pastScans: 1,
    sightings: portalSightings,
  },
  {
    id: 1004,
    name: 'Portal API (new)',
    url: 'https://portal-new.example.test/api/',
    tagIds: [301],
    profile: 9002,
    runSeconds: 420,
    links: 35,
    riskScore: 250,
    pastScans: 1,
    sightings: portalSightings,
  },
  {
    id: BIG_ID,
    name: 'Big catalogue',
    url: 'https://app-1005.example.test/',
    tagIds: [302, 303],
    profile: 9001,
    runSeconds: 2400,
    links: 5200,
    riskScore: 960,
    pastScans: 1,
    sightings: () => [],
  },
  {
    id: 1006,
    name: 'Never scanned',
    url: 'https://fresh.example.test/',
    runSeconds: 300,
    links: 9,
    pastScans: 0,
    sightings: portalSightings,
  },
  {
    id: 1007,
    name: 'Members area',
    url: 'https://members.example.test/',
    tagIds: [303],
    profile: 9001,
    authRecordIds: [7001, 7002],
    internal: 'office-scanner',
    runSeconds: 540,
    links: 80,
    riskScore: 610,
    pastScans: 1,
    sightings: membersSightings,
  },
];

function pace(facts: Pick<AppFacts, 'runSeconds'>, options: DemoOptions): ScanPace {
  const runSeconds = options.scanMinutes === undefined ? facts.runSeconds : options.scanMinutes * 60;
  return { queueSeconds: 30, runSeconds, settleSeconds: 90 };
}

function webApp(facts: AppFacts, options: DemoOptions, start: number): WebApp {
  return {
    id: facts.id,
    name: facts.name,
    url: facts.url,
    created: start - 400 * DAY,
    updated: start - 30 * DAY,
    tagIds: facts.tagIds ?? [],
    ...(facts.profile === undefined ? {} : { defaultProfileId: facts.profile }),
    defaultScanner: facts.internal ? { type: 'INTERNAL', name: facts.internal } : { type: 'EXTERNAL' },
    authRecordIds: facts.authRecordIds ?? [],
    progressiveScanning: 'DISABLED',
    riskScore: facts.riskScore ?? 0,
    pace: pace(facts, options),
    links: facts.links,
    goodWord: facts.id % 2 === 0 ? 'FINISHED' : 'SUCCESSFUL',
  };
}

/** Scans of the last weeks, one a week, the newest a few days old. */
function pastScans(facts: AppFacts, options: DemoOptions, start: number): readonly Scan[] {
  return Array.from({ length: facts.pastScans }, (_, at): Scan => {
    const launched = start - (facts.pastScans - at) * 7 * DAY + (facts.id % 24) * HOUR;
    const authRecordId = facts.authRecordIds?.[0];
    return {
      id: facts.id * 1000 + at + 1,
      name: `Weekly scan of ${facts.name}`,
      reference: `was/${launched}.${facts.id * 1000 + at + 1}`,
      type: 'VULNERABILITY',
      mode: 'SCHEDULED',
      multi: false,
      webAppId: facts.id,
      ...(authRecordId === undefined ? {} : { authRecordId }),
      profileId: facts.profile ?? 9001,
      scanner: facts.internal ? { type: 'INTERNAL', name: facts.internal } : { type: 'EXTERNAL' },
      options: [],
      launched,
      pace: pace(facts, options),
      outcome: { kind: 'good' },
      authWord: authRecordId === undefined ? 'NONE' : 'SUCCESSFUL',
    };
  });
}

function source(facts: AppFacts, order: number, options: DemoOptions): FindingSource {
  if (facts.id === BIG_ID) return generatedSource(BIG_ID, order, options.bigFindings);
  return listedSource(facts.id, order, facts.sightings(facts.url.replace(/\/$/, '')));
}

function hosts(start: number): readonly Host[] {
  const first = start - 90 * DAY;
  const last = start - 2 * DAY;
  const certificate = { qid: 38173, type: 'Confirmed', severity: 2, port: 443, results: 'subject\tissuer' } as const;
  return [
    {
      id: 8001,
      assetId: 88001,
      ip: '192.0.2.10',
      os: 'Linux 5.x',
      dns: 'build-10.example.test',
      tracking: 'IP',
      created: first,
      scanned: last,
      detections: [
        { ...certificate, status: 'Active', first, last },
        { qid: 105484, type: 'Confirmed', severity: 5, results: 'old system', status: 'New', first: last, last },
        { qid: 45038, type: 'Info', severity: 1, results: 'Scan duration: 480 seconds', first, last },
      ],
    },
    {
      id: 8002,
      assetId: 88002,
      ip: '192.0.2.11',
      os: 'Linux 6.x',
      dns: 'build-11.example.test',
      tracking: 'INSTANCE_ID',
      cloud: { instanceId: 'i-00000000000008002', accountId: '000000000042', region: 'eu-west-1' },
      created: first,
      scanned: last,
      detections: [{ ...certificate, status: 'Fixed', first, last }],
    },
  ];
}

export function demoSeed(start: number, chosen: Partial<DemoOptions> = {}): Seed {
  const options = { ...DEFAULTS, ...chosen };
  const created = start - 500 * DAY;
  return {
    account: account(options),
    service: options.service,
    tags: TAGS,
    appliances: [
      { id: 601, uuid: stableGuid('appliance', 1), name: 'office-scanner', online: true, tagIds: [310] },
      { id: 602, uuid: stableGuid('appliance', 2), name: 'cellar-scanner', online: false, tagIds: [] },
    ],
    optionProfiles: [
      { id: 9001, name: 'Initial WAS Options', isDefault: true, created },
      { id: 9002, name: 'Quick look', isDefault: false, created },
      { id: 9003, name: 'Everything', isDefault: false, created },
    ],
    authRecords: [
      { id: 7001, name: 'Shop tester', contents: 'FORM_STANDARD', tagIds: [301], created },
      { id: 7002, name: 'Members tester', contents: 'SERVER_BASIC', tagIds: [], created },
    ],
    dnsOverrides: [{ id: 6501, name: 'Review environments', created }],
    webApps: APPS.map((facts) => webApp(facts, options, start)),
    findings: APPS.map((facts, at) => source(facts, at + 1, options)),
    pastScans: APPS.flatMap((facts) => pastScans(facts, options, start)),
    vulnerabilities: KNOWLEDGE_BASE,
    hosts: hosts(start),
    cs: demoContainers(start),
    ...(options.agents ? { agents: agentHosts(start) } : {}),
    compliance: complianceSeed(start, options.scanMinutes),
    ...vmSeed(start, options.scanMinutes),
    whenBusy: options.whenBusy,
    newPace: pace({ runSeconds: 300 }, options),
  };
}
