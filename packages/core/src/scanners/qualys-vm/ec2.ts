import { excerpt, ScangateError } from '../../errors.js';
import type { QpsCriterion } from '../../qualys/types.js';
import type { JsonMembers } from '../../wire/json.js';
import { asObject, wordsIn } from '../../wire/take.js';
import { listNames } from '../problem.js';
import { type Kind, type Looker, type Named, resolveOne, searchAll } from '../qualys-resolve.js';
import { elementsIn } from '../qualys-was-members.js';
import type { ScanServices } from '../scanner.js';
import type { VmDetails, WantedName } from './details.js';
import type { Ec2Target } from './target.js';

/*
 * EC2 instances, which the platform knows through an AWS connector.
 * https://docs.qualys.com/en/vm/qweb-all-api/ (launch of a VM scan on EC2 assets) and the vendor's plugin for Jenkins
 * (read 2026-11-23).
 */
const CONNECTOR: Kind = { product: 'am', object: 'awsassetdataconnector', word: 'AWS connector' };
const HOST_ASSET: Kind = { product: 'am', object: 'hostasset', word: 'asset', verbose: true };

/** What the platform knows of an instance. */
interface Instance extends WantedName {
  region: string | undefined;
}

export interface Ec2Plan {
  connector: Named;
  endpoint: string | undefined;
  names: WantedName[];
  /** Instances that the platform does not know. */
  unknown: string[];
}

/** Resolves the connector and looks up the instances. Reads only. */
export async function planEc2(ec2: Ec2Target, services: ScanServices): Promise<Ec2Plan> {
  const looker: Looker = { client: services.qualys(), signal: services.signal };
  const connector = await resolveOne(looker, CONNECTOR, ec2.connector);
  const { known, unknown } = await instancesOf(ec2.instances ?? [], ec2.account, services);
  if (unknown.length > 0 && !ec2.runConnector) throw unknownInstances(unknown, connector);
  const names = [...known, ...unknown.map((id) => ({ name: id, known: [id] }))];
  const endpoint = ec2.endpoint ?? regionOf(known);
  return { connector, endpoint, names: names.map(({ name, known: words }) => ({ name, known: words })), unknown };
}

const unknownInstances = (ids: readonly string[], connector: Pick<Named, 'name'>): ScangateError =>
  new ScangateError(
    'SCANGATE_SCAN_UNKNOWN_TARGET',
    `the platform does not know the instance ${listNames(ids)}, which the connector "${excerpt(connector.name)}" should bring in`,
    { mend: 'wait for the next run of the connector, or set ec2.runConnector to run it before the scan' },
  );

/** The one region of the instances. Throws when there are several: a scan has one endpoint. */
function regionOf(instances: readonly Instance[]): string | undefined {
  const regions = [...new Set(instances.map(({ region }) => region).filter((region) => region !== undefined))];
  if (regions.length < 2) return regions[0];
  throw new ScangateError('SCANGATE_QUALYS_AMBIGUOUS', `the instances are in several regions: ${listNames(regions)}`, {
    mend: 'make a target of each region, or name a VPC in ec2.endpoint',
  });
}

async function instancesOf(
  ids: readonly string[],
  account: string | undefined,
  services: ScanServices,
): Promise<{ known: Instance[]; unknown: string[] }> {
  const looker: Looker = { client: services.qualys(), signal: services.signal };
  const known: Instance[] = [];
  const unknown: string[] = [];
  for (const id of ids) {
    const criteria: QpsCriterion[] = [{ field: 'instanceId', operator: 'EQUALS', value: id }];
    if (account !== undefined) criteria.push({ field: 'accountId', operator: 'EQUALS', value: account });
    const sources = (await searchAll(looker, HOST_ASSET, criteria)).flatMap(({ value }) => sourcesOf(value));
    const own = sources.filter((source) => wordsIn(source, 'instanceId', 'sourceInfo') === id);
    if (own.length === 0) unknown.push(id);
    else known.push(instanceOf(id, own, services));
  }
  return { known, unknown };
}

const sourcesOf = (asset: JsonMembers): JsonMembers[] =>
  elementsIn(asset, 'sourceInfo', 'Ec2AssetSourceSimple', 'HostAsset').map((value) => asObject(value, 'sourceInfo'));

const NAME_MEMBERS = ['instanceId', 'privateIpAddress', 'publicIpAddress', 'privateDnsName', 'publicDnsName'];

function instanceOf(id: string, sources: readonly JsonMembers[], services: ScanServices): Instance {
  const words = (key: string): string[] =>
    sources.map((source) => wordsIn(source, key, 'sourceInfo')).filter((word) => word !== undefined);
  const states = words('instanceState');
  if (states.length > 0 && !states.some((state) => state.toUpperCase() === 'RUNNING')) {
    services.log(`by the last run of the connector the instance ${id} is ${listNames(states)}`);
  }
  return {
    name: id,
    known: [...new Set(NAME_MEMBERS.flatMap(words).map((word) => word.toLowerCase()))],
    region: words('region')[0],
  };
}

const RUNNING = new Set(['PENDING', 'PROCESSING', 'QUEUED', 'RUNNING']);
const GOOD = new Set(['FINISHED_SUCCESS', 'SUCCESS']);
const LOOK_AGAIN_MS = 15_000;
const LONGEST_RUN_MS = 15 * 60_000;

/**
 * Runs the connector, once, waits for its end and looks the instances up again: names by which the results may call
 * them, and their region. Called only where the configuration allows it.
 */
export async function runConnector(
  { id, name, instances, account }: NonNullable<VmDetails['connector']>,
  services: ScanServices,
): Promise<{ region: string | undefined }> {
  const { signal, sleep } = services;
  if (!sleep) throw new Error('a connector can only be awaited where waiting is possible');
  const call = { product: 'am', object: 'assetdataconnector', id, signal } as const;
  services.log(`running the AWS connector "${excerpt(name)}" (${id}), which does not know ${listNames(instances)} yet`);
  await services.qualys().qps({ ...call, verb: 'run', request: {} });
  const endMs = services.now() + LONGEST_RUN_MS;
  for (;;) {
    await sleep(LOOK_AGAIN_MS, signal);
    const { records } = await services.qualys().qps({ ...call, verb: 'get' });
    const state = connectorState(records[0]?.value ?? {});
    if (GOOD.has(state)) break;
    if (!RUNNING.has(state)) throw connectorFailed(name, `ended as ${excerpt(state) || '(no state)'}`);
    if (services.now() >= endMs) throw connectorFailed(name, 'has not ended after 15 minutes');
  }
  const { known, unknown } = await instancesOf(instances, account, services);
  if (unknown.length > 0) throw unknownInstances(unknown, { name });
  return { region: regionOf(known) };
}

/** By which words the results may call instances that came in after the plan was made. */
export async function namesOf(
  { instances, account }: NonNullable<VmDetails['connector']>,
  services: ScanServices,
): Promise<WantedName[]> {
  return (await instancesOf(instances, account, services)).known;
}

const connectorState = (connector: JsonMembers): string =>
  (wordsIn(connector, 'connectorState', 'AssetDataConnector') ?? '').toUpperCase();

const connectorFailed = (name: string, what: string): ScangateError =>
  new ScangateError(
    'SCANGATE_SCAN_UNKNOWN_TARGET',
    `the AWS connector "${excerpt(name)}" ${what}: no scan was started`,
    {
      mend: 'look at the connector in the portal; its role or its regions may not cover the instance',
    },
  );
