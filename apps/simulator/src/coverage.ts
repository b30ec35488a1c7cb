/**
 * Which documented routes of the platform are there, and which are not.
 *
 * A test holds this table against the registered routes: a route that nobody documented, or a documented one that was
 * forgotten, fails it. Sources: the vendor's API documentation and recorded answers (read 2026-11-23).
 */

export interface CoverageRow {
  /** Name of the registered route. */
  readonly route: string;
  readonly since: 'recorded' | 'documented' | 'seen in clients';
}

export interface CoverageGap {
  readonly route: string;
  readonly reason: string;
}

const rows = (since: CoverageRow['since'], routes: readonly string[]): readonly CoverageRow[] =>
  routes.map((route) => ({ route, since }));

const LATER = 'another product of the platform: not needed for scans of web applications';

export const COVERED: readonly CoverageRow[] = [
  ...rows('recorded', [
    'GET /qps/rest/portal/version',
    'GET|POST /api/:version/fo/asset/host/',
    'GET|POST /api/:version/fo/asset/host/vm/detection/',
    'GET|POST /api/:version/fo/knowledge_base/vuln/',
    'GET|POST /api/:version/fo/activity_log/',
    'POST /qps/rest/2.0/search/am/hostasset',
    'POST /qps/rest/3.0/search/was/webapp',
    'POST /qps/rest/3.0/search/was/finding',
  ]),
  ...rows('documented', [
    'POST /auth',
    'POST /auth/oidc',
    'POST /auth/oauth',
    'POST /api/2.0/fo/session/',
    'GET|POST /api/:version/fo/appliance/',
    'GET /api/:version/fo/scan/compliance/',
    'POST /api/:version/fo/scan/compliance/',
    'GET|POST /api/:version/fo/compliance/policy/',
    'GET|POST /api/:version/fo/compliance/posture/info/',
    'GET|POST /api/:version/fo/subscription/option_profile/pc/',
    'GET|POST /api/:version/fo/asset/group/',
    'POST /api/:version/fo/asset/ip/',
    'GET|POST /api/:version/fo/scan/',
    'GET|POST /api/:version/fo/network/',
    'GET|POST /api/:version/fo/subscription/option_profile/vm/',
    'GET|POST /api/:version/fo/subscription/option_profile/pci/',
    'GET|POST /qps/rest/3.0/count/was/webapp',
    'GET /qps/rest/3.0/get/was/webapp/:id',
    'POST /qps/rest/3.0/create/was/webapp',
    'POST /qps/rest/3.0/update/was/webapp/:id',
    'POST /qps/rest/3.0/delete/was/webapp/:id',
    'POST /qps/rest/3.0/delete/was/webapp',
    'GET|POST /qps/rest/3.0/count/was/optionprofile',
    'POST /qps/rest/3.0/search/was/optionprofile',
    'GET /qps/rest/3.0/get/was/optionprofile/:id',
    'GET|POST /qps/rest/3.0/count/was/webappauthrecord',
    'POST /qps/rest/3.0/search/was/webappauthrecord',
    'GET /qps/rest/3.0/get/was/webappauthrecord/:id',
    'GET|POST /qps/rest/3.0/count/was/dnsoverride',
    'POST /qps/rest/3.0/search/was/dnsoverride',
    'GET /qps/rest/3.0/get/was/dnsoverride/:id',
    'POST /qps/rest/3.0/launch/was/wasscan',
    'GET|POST /qps/rest/3.0/count/was/wasscan',
    'POST /qps/rest/3.0/search/was/wasscan',
    'GET /qps/rest/3.0/status/was/wasscan/:id',
    'GET /qps/rest/3.0/get/was/wasscan/:id',
    'POST /qps/rest/3.0/cancel/was/wasscan/:id',
    'POST /qps/rest/3.0/delete/was/wasscan/:id',
    'POST /qps/rest/3.0/delete/was/wasscan',
    'GET /qps/rest/3.0/download/was/wasscan/:id',
    'GET|POST /qps/rest/3.0/count/was/finding',
    'GET /qps/rest/3.0/get/was/finding/:id',
    'POST /qps/rest/3.0/ignore/was/finding/:id',
    'POST /qps/rest/3.0/ignore/was/finding',
    'POST /qps/rest/3.0/activate/was/finding/:id',
    'POST /qps/rest/3.0/activate/was/finding',
    'POST /qps/rest/3.0/editSeverity/was/finding/:id',
    'POST /qps/rest/3.0/editSeverity/was/finding',
    'POST /qps/rest/3.0/restoreSeverity/was/finding/:id',
    'POST /qps/rest/3.0/restoreSeverity/was/finding',
    'GET|POST /qps/rest/3.0/count/was/report',
    'POST /qps/rest/3.0/search/was/report',
    'GET /qps/rest/3.0/get/was/report/:id',
    'GET /qps/rest/3.0/status/was/report/:id',
    'POST /qps/rest/3.0/create/was/report',
    'GET /qps/rest/3.0/download/was/report/:id',
    'POST /qps/rest/3.0/delete/was/report/:id',
    'GET|POST /qps/rest/2.0/count/am/hostasset',
    'GET|POST /qps/rest/2.0/count/am/tag',
    'POST /qps/rest/2.0/search/am/tag',
    'GET /qps/rest/2.0/get/am/tag/:id',
    'GET /csapi/v1.3/images',
    'GET /csapi/v1.3/images/:sha',
    'GET /csapi/v1.3/images/:sha/vuln',
    'GET /csapi/v1.3/images/:sha/vuln/count',
    'GET /csapi/v1.3/containers',
    'GET /csapi/v1.3/containers/:sha',
    'GET /csapi/v1.3/registry',
    'GET /csapi/v1.3/registry/:registryId',
    'GET /csapi/v1.3/registry/:registryId/schedule',
    'POST /csapi/v1.3/registry/:registryId/schedule',
    'POST /csapi/v1.3/registry/:registryId/schedule/:scheduleId/cancel',
    'GET /csapi/v1.3/centralizedPolicy',
    'GET /csapi/v1.3/centralizedPolicy/:uuid',
  ]),
  ...rows('documented', ['POST /qps/rest/1.0/ods/ca/agentasset/:id']),
  ...rows('seen in clients', [
    'POST /cloudview-api/rest/v1/iac/scan',
    'GET /cloudview-api/rest/v1/iac/getScanList',
    'GET /cloudview-api/rest/v1/iac/scanResult',
    'GET|POST /msp/about.php',
    'POST /qps/rest/3.0/scanagain/was/scan/:id',
    'POST /qps/rest/2.0/search/am/awsassetdataconnector',
    'GET /qps/rest/2.0/get/am/assetdataconnector/:id',
    'POST /qps/rest/2.0/run/am/assetdataconnector/:id',
  ]),
];

export const GAPS: readonly CoverageGap[] = [
  { route: 'POST /qps/rest/3.0/retest/was/finding', reason: 'only its name is known, not its request and answer' },
  { route: '* /qps/rest/3.0/*/was/wasscanschedule', reason: 'a pipeline starts its scans itself' },
  { route: 'POST /qps/rest/3.0/update/was/report/:id', reason: 'no client of a pipeline uses it' },
  { route: 'GET|POST /api/:version/fo/compliance/control/', reason: 'the posture names its controls itself' },
  { route: 'GET|POST /api/:version/fo/compliance/exception/', reason: 'the posture names the exceptions itself' },
  { route: 'POST /pcrs/:version/posture/postureInfo', reason: 'its members are known from a single client only' },
  { route: 'GET|POST /api/:version/fo/knowledge_base/qvs/', reason: LATER },
  { route: 'GET /csapi/v1.3/images/list', reason: 'the bulk list leaves out most of what a vulnerability carries' },
  { route: 'GET /csapi/v1.3/containers/list', reason: 'as the bulk list of images: the paged list is enough here' },
  { route: 'GET /csapi/v1.3/containers/:sha/vuln', reason: 'the details of a container carry what drifted' },
  { route: 'POST /qps/rest/1.0/ods/ca/agentasset', reason: 'a pipeline asks one machine, and not all with a tag' },
];

/** Where an answer is known to differ from the platform's, or could not be read anywhere. */
export const DEVIATIONS: readonly string[] = [
  'Filters of Container Security know the fields documented for images and containers; `and` binds before `or`: inferred.',
  'A registry scan knows one tag by its exact name and takes five minutes; the words Finished and Error are inferred.',
  'An image that is scanned and not processed has null vulnerabilities and null counters (seen in clients).',
  'The modules under Portal-Version are a fixed selection: the real list changes with every release.',
  'An unknown FO path answers 404 with code 999 in SIMPLE_RETURN, an unknown QPS path 404 with NOT_FOUND: both are inferred.',
  'A call without X-Requested-With answers 400 with code 1903: the real code is not published.',
  'A launch while the application is being scanned is refused with INVALID_REQUEST (seed busy=queue: it waits): inferred.',
  'A scan that is waiting or running says so in resultsStatus as well, from the documented list of values.',
  'X-RateLimit-ToWait-Sec and SECONDS_TO_WAIT are real seconds, so that a client that waits them by its own clock succeeds.',
  'QPS calls through the gateway are counted with the gateway limits; on the API host they are not counted (recorded).',
  'Text criteria ignore the case of letters: inferred.',
  'PDF_ENCRYPTED, POWERPOINT and WORD reports are refused as formats.',
  'A posture has its SUMMARY with details=Basic and All, counted over all pages; which of both the platform does is not published.',
  'A compliance scan that cannot log in to a host leaves the posture of the host as it was: inferred.',
  'An asset group that is added to a policy has no posture before the next scan of its hosts: inferred.',
  'A request to an agent that is about to scan already changes nothing: inferred.',
  'The date of a scan of templates is ISO 8601, and its list has totalElements, totalPages and last: inferred.',
  'Scans of templates know three controls, over buckets and volumes.',
  'The rows before and after the detections of a VM result are those that clients show, not the complete list.',
  'A scan of hosts that reached none stays unprocessed; the platform may say otherwise.',
  'The root of the list of networks is NETWORK_LIST: descriptions differ.',
  'A launch for addresses that are not in the subscription is refused with code 1905: inferred.',
  'The JSON of a download carries base64 without a mark; the JSON of a finding carries its response as plain text.',
];
