import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { parseConfig } from '../../../src/config/index.js';
import type { QualysVmTarget } from '../../../src/config/targets/qualys-vm.js';
import type { VmTarget } from '../../../src/scanners/qualys-vm/target.js';

const parse = (target: string): z.infer<typeof QualysVmTarget> => {
  const { targets } = parseConfig(
    `version: 1\ntargets:\n  host: { scanner: qualys-vm, ${target} }\n`,
    'scangate.yml',
    {},
  );
  return targets?.host as z.infer<typeof QualysVmTarget>;
};

const mistake = (target: string): string => {
  try {
    parse(target);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the target in the configuration', () => {
  it.each([
    'host: 192.0.2.10, optionProfile: Initial Options, scannerAppliance: External',
    'host: build-17.example, optionProfile: 9101, wait: { queue: 10m, run: 2h, results: 1h }',
    'host: "2001:db8::1", scannerAppliance: 601',
    'hosts: [192.0.2.10, build-17.example], ranges: [192.0.2.0/24, 192.0.2.1-192.0.2.9], exclude: [192.0.2.5]',
    'assetGroups: [Builders, 402], scannerAppliance: default',
    'assetGroups: [Builders], scannersOf: assetGroups',
    'host: 192.0.2.10, network: Cellar, scannersOf: network, priority: 2, reuse: 2h',
    'assetTags: { include: [staging], exclude: [1], includeMatch: all }, scannersOf: assetTags, detections: host',
    'ec2: { connector: cloud, instances: [i-0123456789abcdef0], runConnector: true }, scannerAppliance: inside',
    'ec2: { connector: 7701, endpoint: eu-west-1 }, assetTags: { include: [staging] }, scannerAppliances: [a, b]',
  ])('takes { %s }', (target) => {
    const parsed: VmTarget = parse(target);
    expect(parsed.scanner).toBe('qualys-vm');
  });

  it.each([
    ['scannerAppliance: External', 'give host, hosts, ranges or assetGroups, or assetTags, or ec2'],
    ['host: a, hosts: [b]', 'give either host or hosts'],
    ['host: "https://build.example"', 'without scheme and port'],
    ['host: "build.example:443"', 'without scheme and port'],
    ['host: 192.0.2.300', 'expected an IP address or a host name'],
    ['hosts: []', 'the list is empty'],
    ['ranges: [192.0.2.9-192.0.2.1]', 'expected addresses such as'],
    ['ranges: [192.0.2.0/33]', 'expected addresses such as'],
    ['host: a, exclude: [b]', 'expected an IP address or a range'],
    ['assetTags: { include: [x] }, exclude: [192.0.2.1]', 'exclude takes addresses out of'],
    ['host: a, assetTags: { include: [x] }', 'go together, but not with assetTags or ec2'],
    ['assetTags: { include: [x], some: 1 }', 'unknown key "some"'],
    ['ec2: { connector: c }, scannerAppliance: a', 'either its instances, or assetTags'],
    ['ec2: { connector: c, instances: [x] }, scannerAppliance: a', 'expected an instance id'],
    ['ec2: { connector: c }, assetTags: { include: [x] }, scannerAppliance: a', 'needs ec2.endpoint'],
    ['ec2: { connector: c, instances: [i-01234567] }', 'name it in scannerAppliance'],
    ['ec2: { connector: c, instances: [i-01234567] }, scannerAppliance: external', 'name it in scannerAppliance'],
    [
      'ec2: { connector: c, endpoint: e, runConnector: true }, assetTags: { include: [x] }, scannerAppliance: a',
      'runConnector needs ec2.instances',
    ],
    ['host: a, scannerAppliance: b, scannersOf: network', 'give one of scannerAppliance'],
    ['host: a, scannerAppliance: default', 'assetGroups is needed'],
    ['host: a, scannersOf: network', 'scannersOf: network needs network'],
    ['assetTags: { include: [x] }, reuse: running', 'cannot be told from another'],
    ['host: a, detections: both', 'detections'],
    ['host: a, priority: 10', 'priority'],
    ['host: a, ports: 80', 'unknown key "ports"'],
  ])('refuses { %s }', (target, message) => {
    expect(mistake(target)).toContain(message);
  });
});
