/** Hosts, as the FO lists and the asset search show them. */
import type { AgentFacts } from '../agents.js';
import { isoSeconds } from '../clock.js';
import type { Detection, Host } from '../model.js';
import { bareList, flag, group, number, text, type Value } from './record.js';
import { date } from './was-common.js';
import { cdata, type Element, el, optional } from './xml.js';

/** `complianceScanned`: when a compliance scan last looked at the host; absent: never. */
export function hostElement(host: Host, complianceScanned?: number): Element {
  return el('HOST', [
    el('ID', host.id),
    el('ASSET_ID', host.assetId),
    el('IP', host.ip),
    el('TRACKING_METHOD', host.tracking),
    el('DNS', cdata(host.dns)),
    el('OS', cdata(host.os)),
    optional('EC2_INSTANCE_ID', host.cloud && cdata(host.cloud.instanceId)),
    el('LAST_VM_SCANNED_DATE', isoSeconds(host.scanned)),
    optional('LAST_COMPLIANCE_SCAN_DATETIME', complianceScanned && isoSeconds(complianceScanned)),
  ]);
}

export interface DetectionView {
  readonly results: boolean;
  readonly tags: boolean;
  readonly assetId: boolean;
  /** Version 5.0 shows scores unasked; older ones on request. */
  readonly qds: boolean;
  readonly factors: boolean;
}

function detectionElement(host: Host, detection: Detection, shown: DetectionView): Element {
  const score = Math.min(100, detection.severity * 18);
  const band = score >= 90 ? 'CRITICAL' : score >= 70 ? 'HIGH' : score >= 40 ? 'MEDIUM' : 'LOW';
  const informs = detection.type === 'Info';
  return el('DETECTION', [
    el('UNIQUE_VULN_ID', host.id * 1000 + (detection.qid % 1000)),
    el('QID', detection.qid),
    el('TYPE', detection.type),
    el('SEVERITY', detection.severity),
    optional('PORT', detection.port),
    detection.port === undefined ? undefined : el('PROTOCOL', 'tcp'),
    el('SSL', '0'),
    shown.results ? el('RESULTS', cdata(detection.results)) : undefined,
    optional('STATUS', detection.status),
    el('FIRST_FOUND_DATETIME', isoSeconds(detection.first)),
    el('LAST_FOUND_DATETIME', isoSeconds(detection.last)),
    shown.qds && !informs ? el('QDS', String(score), { severity: band }) : undefined,
    shown.factors && !informs ? el('QDS_FACTORS', [el('QDS_FACTOR', cdata('0.00232'), { name: 'epss' })]) : undefined,
    el('TIMES_FOUND', 2),
    el('LAST_TEST_DATETIME', isoSeconds(host.scanned)),
    el('LAST_UPDATE_DATETIME', isoSeconds(host.scanned)),
    el('IS_IGNORED', '0'),
    el('IS_DISABLED', '0'),
    el('LAST_PROCESSED_DATETIME', isoSeconds(host.scanned)),
  ]);
}

export function hostDetections(host: Host, detections: readonly Detection[], shown: DetectionView): Element {
  return el('HOST', [
    el('ID', host.id),
    shown.assetId ? el('ASSET_ID', host.assetId) : undefined,
    el('IP', host.ip),
    el('TRACKING_METHOD', host.tracking),
    el('OS', cdata(host.os)),
    el('DNS', cdata(host.dns)),
    el('LAST_SCAN_DATETIME', isoSeconds(host.scanned)),
    el('LAST_VM_SCANNED_DATE', isoSeconds(host.scanned)),
    el('LAST_VM_SCANNED_DURATION', 480),
    shown.tags ? el('TAGS', []) : undefined,
    el(
      'DETECTION_LIST',
      detections.map((detection) => detectionElement(host, detection, shown)),
    ),
  ]);
}

function ec2(host: Host, cloud: NonNullable<Host['cloud']>, now: number): Value {
  const publicName = `ec2-${host.id}.compute.example.test`;
  return group([
    ['assetId', number(host.assetId)],
    ['type', text('EC_2')],
    ['firstDiscovered', date(host.created)],
    ['lastUpdated', date(host.scanned)],
    ['ec2InstanceTags', group([['tags', bareList('list', 'EC2Tag', [])]])],
    ['reservationId', text('r-0000000000000001')],
    ['availabilityZone', text(`${cloud.region}a`)],
    ['privateDnsName', text(host.dns)],
    ['publicDnsName', text(publicName)],
    ['instanceId', text(cloud.instanceId)],
    ['instanceType', text('t2.medium')],
    ['createdDate', date(now)],
    ['instanceState', text('RUNNING')],
    ['groupId', text('sg-0000000000000001')],
    ['groupName', text('simulated group')],
    ['spotInstance', flag(false)],
    ['accountId', text(cloud.accountId)],
    ['subnetId', text('subnet-00000001')],
    ['vpcId', text('vpc-00000001')],
    ['region', text(cloud.region)],
    ['zone', text('VPC')],
    ['imageId', text('ami-0000000000000001')],
    ['publicIpAddress', text('203.0.113.10')],
    ['privateIpAddress', text(host.ip)],
    ['monitoringEnabled', flag(false)],
  ]);
}

function networkInterface(host: Host, type: string, address: string): Value {
  return group([
    ['hostname', text(host.dns)],
    ['interfaceId', text('eni-0000000000000001')],
    ['type', text(type)],
    ['address', text(address)],
  ]);
}

function agentInfo(host: Host, { agent }: AgentFacts): Value | undefined {
  return (
    agent &&
    group([
      ['agentVersion', text(agent.version)],
      ['agentId', text(agent.uuid)],
      ['status', text('STATUS_ACTIVE')],
      ['lastCheckedIn', date(agent.checkedIn)],
      ['connectedFrom', text(host.ip)],
      ['chirpStatus', text('Inventory Scan Complete')],
      ['platform', text('Linux')],
      ['activatedModule', text('AGENT_VM')],
    ])
  );
}

/** The asset search's record. The recorded one is of a machine without an agent; of others more is known. */
export function hostAsset(host: Host, now: number, facts?: AgentFacts): Value {
  const { cloud } = host;
  const interfaces = cloud
    ? [networkInterface(host, 'PRIVATE', host.ip), networkInterface(host, 'PUBLIC', '203.0.113.10')]
    : [networkInterface(host, 'PRIVATE', host.ip)];
  return group([
    ['id', number(host.assetId)],
    ['name', text(cloud?.instanceId ?? host.dns)],
    ['created', date(host.created)],
    ['modified', date(host.scanned)],
    ['type', text('HOST')],
    ['sourceInfo', cloud && bareList('list', 'Ec2AssetSourceSimple', [ec2(host, cloud, now)])],
    ['qwebHostId', facts?.wasScanned === false ? undefined : number(host.id)],
    ['lastVulnScan', facts?.wasScanned ? date(host.scanned) : undefined],
    ['vulnsUpdated', facts?.wasScanned ? date(host.scanned) : undefined],
    ['fqdn', text(host.dns)],
    ['os', text(host.os)],
    ['dnsHostName', text(host.dns)],
    ['address', text(host.ip)],
    ['trackingMethod', text(host.tracking)],
    ['networkInterface', bareList('list', 'HostAssetInterface', interfaces)],
    ['isDockerHost', flag(false)],
    ['agentInfo', facts && agentInfo(host, facts)],
  ]);
}
