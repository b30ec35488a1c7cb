/** The inspection door: outside the paths of the platform, for tests only, without sign-in. */
import { isoSeconds } from '../clock.js';
import { UnknownFault } from '../faults.js';
import type { Answer, Call } from '../http/call.js';
import { iacState } from '../iac.js';
import { isUnfinished } from '../scan-state.js';
import { vmState } from '../vm-state.js';
import type { World } from '../world.js';

export const DOOR = '/__simulator/';

function json(status: number, value: unknown): Answer {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) };
}

function state(world: World): Answer {
  const { store, clock, faults, tokens } = world;
  const scans = [...store.scans.values()].map((scan) => {
    const is = store.state(scan);
    return {
      id: scan.id,
      name: scan.name,
      reference: scan.reference,
      webAppId: scan.webAppId,
      type: scan.type,
      launchedDate: isoSeconds(scan.launched),
      status: is.status,
      resultsStatus: is.resultsStatus,
      authStatus: is.authStatus,
      unfinished: isUnfinished(is),
      launchedHere: store.launches.some(({ scanId }) => scanId === scan.id),
    };
  });
  const { compliance } = store;
  const complianceScans = [...compliance.scans.values()].map((scan) => ({
    id: scan.id,
    name: scan.title,
    reference: scan.reference,
    type: 'COMPLIANCE',
    launchedDate: isoSeconds(scan.launched),
    status: compliance.state(scan).state,
    unfinished: compliance.state(scan).unfinished,
    launchedHere: true,
  }));
  const launches = [
    ...store.launches,
    ...[...compliance.scans.values()].map(({ title, id, launched }) => ({ name: title, scanId: id, at: launched })),
  ];
  const vmScans = [...store.vmScans.values()].map((scan) => {
    const is = vmState(scan, clock.now());
    return {
      id: scan.id,
      name: scan.title,
      reference: scan.reference,
      type: 'VM',
      launchedDate: isoSeconds(scan.launched),
      status: is.state,
      resultsStatus: is.processed ? 'processed' : 'not processed',
      unfinished: is.unfinished,
      launchedHere: store.launches.some(({ scanId }) => scanId === scan.id),
    };
  });
  const all = [...scans, ...complianceScans, ...vmScans];
  const launchesByName: Record<string, number> = {};
  for (const { name } of launches) launchesByName[name] = (launchesByName[name] ?? 0) + 1;
  return json(200, {
    now: isoSeconds(clock.now()),
    speed: clock.speed,
    scans: all,
    running: all.filter(({ unfinished }) => unfinished).map(({ id }) => id),
    launches: launches.map(({ at, ...launch }) => ({ ...launch, at: isoSeconds(at) })),
    launchesByName,
    /** What callers changed in the subscription for policy compliance. */
    complianceChanges: compliance.changes,
    agentRequests: world.agents.requests.map(({ assetId, at, scan }) => ({ assetId, scan, at: isoSeconds(at) })),
    iacScans: [...world.iacScans.values()].map((scan) => ({
      id: scan.uuid,
      name: scan.name,
      status: iacState(scan, clock).status,
      tags: scan.tags,
      files: scan.files.map(({ name }) => name),
    })),
    calls: Object.fromEntries(store.calls),
    callsTotal: [...store.calls.values()].reduce((sum, count) => sum + count, 0),
    tokensIssued: tokens.issued(),
    webApps: [...store.webApps.values()].map(({ id, name, url }) => ({ id, name, url })),
    connectorRuns: [...store.connectorRuns.keys()],
    reports: [...store.reports.values()].map(({ id, name, format }) => ({ id, name, format })),
    registryScans: store.cs.jobs.map((job) => ({ name: job.name, status: store.cs.status(job) })),
    images: store.cs.seed.images.map(({ sha, names }) => ({
      sha,
      names: names.map(({ repository, tag }) => `${repository}:${tag}`),
    })),
    faults: faults.list(),
  });
}

function advance(world: World, call: Call): Answer {
  const seconds = Number(call.query.get('seconds'));
  if (!Number.isFinite(seconds) || seconds < 0) return json(400, { error: 'seconds is a number that is not negative' });
  world.clock.advance(seconds);
  world.store.settle();
  return json(200, { now: isoSeconds(world.clock.now()) });
}

function replaceFaults(world: World, call: Call): Answer {
  try {
    const value: unknown = JSON.parse(call.body);
    if (!Array.isArray(value)) return json(400, { error: 'the body is a JSON list of faults' });
    world.faults.replace(value.map(String));
    return json(200, { faults: world.faults.list() });
  } catch (error) {
    if (error instanceof UnknownFault || error instanceof SyntaxError) return json(400, { error: error.message });
    throw error;
  }
}

/** The sensor beside a build sees a tag that no call of the API tells of. */
function sense(world: World, call: Call): Answer {
  const sha = call.query.get('sha') ?? '';
  return world.store.cs.sense(sha) ? json(200, { sha }) : json(404, { error: `there is no image ${sha}` });
}

export function answerDoor(world: World, call: Call): Answer {
  const door = `${call.method} ${call.path.slice(DOOR.length)}`;
  if (door === 'GET state') return state(world);
  if (door === 'POST advance') return advance(world, call);
  if (door === 'POST sensor') return sense(world, call);
  if (door === 'POST faults') return replaceFaults(world, call);
  return json(404, { error: 'GET state, POST advance?seconds=N, POST sensor?sha=SHA, POST faults' });
}
