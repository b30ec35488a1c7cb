import { excerpt, ScangateError } from '../../errors.js';
import { flagIn, numberIn, wordsIn } from '../../wire/take.js';
import { listNames } from '../problem.js';
import { type Named, searchAll, TAG } from '../qualys-resolve.js';
import { nameWords, uniqueName } from '../qualys-scan-name.js';
import { elementsIn, sectionIn } from '../qualys-was-members.js';
import type { Json, PlanContext, ScanPlan, ScanServices } from '../scanner.js';
import { detailsJson, type WasDetails } from './details.js';
import { Lookup } from './lookup.js';
import { AUTH_RECORD, DNS_OVERRIDE, OPTION_PROFILE, WEB_APP, webAppsWithAnyTag } from './resolve.js';
import { hoursOf, type WasTarget } from './target.js';

type JsonObject = { [key: string]: Json };

/** Resolves every name of the target. Reads only. Plans that are asked for in one go share their calls. */
export function planScan(target: WasTarget, context: PlanContext, services: ScanServices): Promise<ScanPlan> {
  return Lookup.during(services, (lookup) => planWith(lookup, target, context, services));
}

async function planWith(
  lookup: Lookup,
  target: WasTarget,
  context: PlanContext,
  services: ScanServices,
): Promise<ScanPlan> {
  const webApps = await webAppsOf(target, lookup);
  const profileId = await profileOf(target, lookup);
  const authRecordId = await authRecordOf(target, webApps, lookup);
  const details: WasDetails = {
    webApps: webApps.map(({ id, name, value }) => ({ id, name, url: wordsIn(value, 'url', 'WebApp') })),
    create: await creationOf(target, context, { profileId, authRecordId }, lookup),
    needsLogin: authRecordId !== undefined || isWord(target.authRecord, 'default'),
    authRecordId,
    profileId,
    type: target.type === 'discovery' ? 'DISCOVERY' : 'VULNERABILITY',
    request: {},
  };
  const scanName = uniqueName(target.name, nameWords(context, services));
  details.request = await requestOf(target, details, scanName, lookup);
  sayScanner(target, webApps, services);
  return {
    target: context.targetName,
    scanner: 'qualys-was',
    subject: subjectOf(details, target),
    scanName,
    details: detailsJson(details),
    historyMs: await lookup.durations(details),
  };
}

const isWord = (value: string | number | undefined, word: string): boolean =>
  typeof value === 'string' && value.trim().toLowerCase() === word;

async function webAppsOf(target: WasTarget, lookup: Lookup): Promise<Named[]> {
  if (target.create) return [];
  const found = new Map<string, Named>();
  const wanted = target.webApp === undefined ? (target.webApps ?? []) : [target.webApp];
  for (const webApp of await lookup.each(WEB_APP, wanted)) found.set(webApp.id, webApp);
  const { include, exclude = [] } = target.webAppTags ?? { include: [] };
  const without = new Set((await webAppsWithAnyTag(lookup, exclude)).map(({ id }) => id));
  for (const webApp of await webAppsWithAnyTag(lookup, include)) {
    if (!without.has(webApp.id)) found.set(webApp.id, webApp);
  }
  if (found.size > 0) return [...found.values()];
  throw new ScangateError('SCANGATE_QUALYS_NOT_FOUND', 'no web application is left after the excluded tags', {
    mend: 'change webAppTags: nothing would be scanned',
  });
}

/** A web application that is created has no profile of its own, so the subscription's default is looked up. */
async function profileOf(target: WasTarget, lookup: Lookup): Promise<string | undefined> {
  const { optionProfile } = target;
  if (optionProfile !== undefined && !isWord(optionProfile, 'default')) {
    return (await lookup.one(OPTION_PROFILE, optionProfile)).id;
  }
  if (!target.create) return undefined;
  const profiles = await searchAll(lookup, OPTION_PROFILE, []);
  const profile =
    profiles.find(({ value }) => flagIn(value, 'isDefault', 'OptionProfile') === true) ??
    profiles.find(({ name }) => name === 'Initial WAS Options');
  if (profile) return profile.id;
  throw new ScangateError(
    'SCANGATE_QUALYS_NOT_FOUND',
    `no option profile is marked as the default; there is ${listNames(profiles.map(({ name }) => `"${excerpt(name)}"`))}`,
    { mend: 'name one in optionProfile' },
  );
}

async function authRecordOf(target: WasTarget, webApps: readonly Named[], lookup: Lookup): Promise<string | undefined> {
  const { authRecord } = target;
  if (authRecord === undefined || isWord(authRecord, 'none')) return undefined;
  if (!isWord(authRecord, 'default')) return (await lookup.one(AUTH_RECORD, authRecord)).id;
  const without = webApps.find(({ value }) => hasNoAuthRecord(value));
  if (!without) return undefined;
  throw new ScangateError(
    'SCANGATE_QUALYS_NOT_FOUND',
    `the web application "${excerpt(without.name)}" (${without.id}) has no authentication record, so there is no default one`,
    { mend: 'give the web application an authentication record, or set authRecord to none, an id or a name' },
  );
}

/** Only where the record says so: a short record does not tell. */
function hasNoAuthRecord(webApp: Named['value']): boolean {
  const records = sectionIn(webApp, 'authRecords', 'WebApp');
  return (
    records !== undefined &&
    numberIn(records, 'count', 'WebApp.authRecords') === 0 &&
    elementsIn(webApp, 'authRecords', 'WebAppAuthRecord', 'WebApp').length === 0
  );
}

const idsSet = (type: string, ids: readonly string[]): JsonObject => ({ set: { [type]: ids.map((id) => ({ id })) } });

async function creationOf(
  { url, create }: WasTarget,
  context: PlanContext,
  { profileId, authRecordId }: Pick<WasDetails, 'profileId' | 'authRecordId'>,
  lookup: Lookup,
): Promise<WasDetails['create']> {
  if (!create || url === undefined) return undefined;
  const words = { target: context.targetName, runId: context.runId, date: '' };
  const name = uniqueName(create.name ?? 'scangate {target}', words);
  const tags = await lookup.each(TAG, create.tags ?? []);
  const request = {
    name,
    url,
    ...(profileId === undefined ? {} : { defaultProfile: { id: profileId } }),
    ...(authRecordId === undefined ? {} : { authRecords: idsSet('WebAppAuthRecord', [authRecordId]) }),
    ...(tags.length === 0
      ? {}
      : {
          tags: idsSet(
            'Tag',
            tags.map(({ id }) => id),
          ),
        }),
  };
  return { name, request };
}

/**
 * `WasScan` of the launch. Ids and flags are texts, as the vendor's own clients send them.
 * https://docs.qualys.com/en/was/api/scans/launch_scan.htm and launch_scan_single.htm (read 2026-11-23).
 */
async function requestOf(target: WasTarget, details: WasDetails, name: string, lookup: Lookup): Promise<JsonObject> {
  const { profileId, type, webApps } = details;
  const { cancelAfter, progressive, dnsOverride } = target;
  const dnsOverrideId = dnsOverride === undefined ? undefined : (await lookup.one(DNS_OVERRIDE, dnsOverride)).id;
  return {
    name,
    type,
    target: {
      ...(webApps.length > 1 ? multiTarget(target, details) : singleTarget(target, details)),
      ...(await scannerOf(target, lookup)),
    },
    ...(profileId === undefined ? {} : { profile: { id: profileId } }),
    ...(cancelAfter === undefined ? {} : { cancelAfterNHours: String(hoursOf(cancelAfter)) }),
    ...(progressive === undefined ? {} : { progressiveScanning: progressive ? 'ENABLED' : 'DISABLED' }),
    ...(dnsOverrideId === undefined ? {} : { dnsOverride: { id: dnsOverrideId } }),
  };
}

function singleTarget({ authRecord }: WasTarget, { webApps, authRecordId }: WasDetails): JsonObject {
  const [webApp] = webApps;
  return {
    ...(webApp === undefined ? {} : { webApp: { id: webApp.id } }),
    ...(authRecordId === undefined ? {} : { webAppAuthRecord: { id: authRecordId } }),
    ...(isWord(authRecord, 'default') ? { webAppAuthRecord: { isDefault: 'true' } } : {}),
  };
}

function multiTarget(target: WasTarget, { webApps, authRecordId, profileId, needsLogin }: WasDetails): JsonObject {
  const login = needsLogin ? (authRecordId === undefined ? 'DEFAULT' : 'SINGLE') : 'NONE';
  const isDefaultScanner = target.scannerTags === undefined && isWord(target.scannerAppliance ?? 'default', 'default');
  return {
    webApps: idsSet(
      'WebApp',
      webApps.map(({ id }) => id),
    ),
    authRecordOption: login,
    ...(authRecordId === undefined ? {} : { webAppAuthRecord: { id: authRecordId } }),
    ...(profileId === undefined ? { profileOption: 'DEFAULT' } : {}),
    ...(isDefaultScanner ? { scannerOption: 'DEFAULT' } : {}),
  };
}

async function scannerOf({ scannerAppliance, scannerTags }: WasTarget, lookup: Lookup): Promise<JsonObject> {
  if (scannerTags) {
    const tags = await lookup.each(TAG, scannerTags);
    return {
      scannerTags: idsSet(
        'Tag',
        tags.map(({ id }) => id),
      ),
    };
  }
  if (scannerAppliance === undefined || isWord(scannerAppliance, 'default')) return {};
  if (isWord(scannerAppliance, 'external')) return { scannerAppliance: { type: 'EXTERNAL' } };
  return { scannerAppliance: { type: 'INTERNAL', friendlyName: scannerAppliance } };
}

/** From where a scan looks decides what it can reach, so it is said when nobody chose it. */
function sayScanner(target: WasTarget, webApps: readonly Named[], services: ScanServices): void {
  if (target.scannerAppliance !== undefined || target.scannerTags !== undefined) return;
  for (const { name, value } of webApps) {
    const scanner = sectionIn(value, 'defaultScanner', 'WebApp');
    const type = scanner && wordsIn(scanner, 'type', 'WebApp.defaultScanner');
    if (scanner === undefined || type === undefined) continue;
    const appliance = wordsIn(scanner, 'friendlyName', 'WebApp.defaultScanner');
    const shown = appliance === undefined ? type : `${type} ${appliance}`;
    services.log(`${excerpt(name)}: the scan uses the web application's default scanner: ${excerpt(shown)}`);
  }
}

function subjectOf({ webApps }: WasDetails, { url }: WasTarget): string {
  const [first, ...others] = webApps;
  if (!first) return `a web application for ${excerpt(url ?? '', 200)}`;
  if (others.length === 0) return `web application ${excerpt(first.name, 100)}`;
  return `${webApps.length} web applications: ${listNames(webApps.map(({ name }) => excerpt(name)))}`;
}
