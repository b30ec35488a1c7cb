import type { Wanted } from '../qualys-resolve.js';

/** A `qualys-vm` target as the configuration has it, validated there. */
export interface VmTarget {
  scanner: 'qualys-vm';
  host?: string | undefined;
  hosts?: string[] | undefined;
  ranges?: string[] | undefined;
  assetGroups?: Wanted[] | undefined;
  assetTags?: AssetTags | undefined;
  ec2?: Ec2Target | undefined;
  exclude?: string[] | undefined;
  network?: Wanted | undefined;
  optionProfile?: Wanted | undefined;
  scannerAppliance?: Wanted | undefined;
  scannerAppliances?: Wanted[] | undefined;
  scannersOf?: 'assetGroups' | 'assetTags' | 'network' | undefined;
  detections?: 'scan' | 'host' | undefined;
  priority?: number | undefined;
  name?: string | undefined;
}

export interface AssetTags {
  include: Wanted[];
  exclude?: Wanted[] | undefined;
  includeMatch?: 'any' | 'all' | undefined;
  excludeMatch?: 'any' | 'all' | undefined;
}

export interface Ec2Target {
  connector: Wanted;
  instances?: string[] | undefined;
  account?: string | undefined;
  endpoint?: string | undefined;
  runConnector?: boolean | undefined;
}

/**
 * A title of plain characters: the platform takes ASCII only, and what it would write differently could not be found
 * again. https://docs.qualys.com/en/vm/qweb-all-api/ (launch of a VM scan; read 2026-11-23).
 */
export const plainTitle = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x20-\x7e]|[<>&"'\\]/gu, '_');
