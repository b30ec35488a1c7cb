import { asObject, objectIn, requiredTextIn, wordsIn } from '../../wire/take.js';
import type { Json, ScanPlan } from '../scanner.js';

export interface WebAppName {
  id: string;
  name: string;
  url?: string | undefined;
}

type JsonObject = { [key: string]: Json };

/** What a plan holds beside its names. It goes through a state file, so it is read back and not trusted. */
export interface WasDetails {
  /** Every web application that has to be scanned. Empty when it is created for the scan. */
  webApps: WebAppName[];
  /** The web application to create, as the platform wants it. Its name is unique. */
  create?: { name: string; request: JsonObject } | undefined;
  /** Whether the scan was asked to log in. */
  needsLogin: boolean;
  /** Id of the authentication record, where one was named. */
  authRecordId?: string | undefined;
  /** Id of the option profile, where one was named. */
  profileId?: string | undefined;
  type: 'VULNERABILITY' | 'DISCOVERY';
  /** `WasScan` of the launch. Without its target when the web application is created. */
  request: JsonObject;
}

export const detailsJson = (details: WasDetails): Json => JSON.parse(JSON.stringify(details)) as Json;

/** Throws `SCANGATE_REPORT_SHAPE` for a plan that is not ours. */
export function detailsOf(plan: ScanPlan): WasDetails {
  const at = 'plan.details';
  const details = asObject(plan.details, at);
  const create = objectIn(details, 'create', at);
  const { webApps } = details;
  return {
    webApps: (Array.isArray(webApps) ? webApps : []).map((value: unknown) => {
      const webApp = asObject(value, `${at}.webApps`);
      return {
        id: requiredTextIn(webApp, 'id', `${at}.webApps`),
        name: requiredTextIn(webApp, 'name', `${at}.webApps`),
        url: wordsIn(webApp, 'url', `${at}.webApps`),
      };
    }),
    create: create && {
      name: requiredTextIn(create, 'name', `${at}.create`),
      request: asObject(create.request, `${at}.create.request`) as JsonObject,
    },
    needsLogin: details.needsLogin === true,
    authRecordId: wordsIn(details, 'authRecordId', at),
    profileId: wordsIn(details, 'profileId', at),
    type: details.type === 'DISCOVERY' ? 'DISCOVERY' : 'VULNERABILITY',
    request: asObject(details.request, `${at}.request`) as JsonObject,
  };
}
