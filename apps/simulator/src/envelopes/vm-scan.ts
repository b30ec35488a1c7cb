import { isoSeconds } from '../clock.js';
import type { VmScan } from '../model.js';
import { vmState } from '../vm-state.js';
import { cdata, type Element, el } from './xml.js';

export interface ScanView {
  readonly assetGroups: boolean;
  readonly optionProfile: boolean;
  readonly status: boolean;
  readonly target: boolean;
}

/** `00:12:03`, or with the days before it. */
function durationText(ms: number | undefined): string {
  if (ms === undefined) return 'Pending';
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const days = Math.floor(seconds / 86_400);
  return days === 0 ? clock : `${days} ${days === 1 ? 'day' : 'days'} ${clock}`;
}

/** One scan of the list, with its elements in the platform's order. */
export function vmScanElement(scan: VmScan, login: string, now: number, shown: ScanView): Element {
  const { state, subState, processed, duration } = vmState(scan, now);
  const groups = scan.assetGroups.map(({ title }) => el('ASSET_GROUP_TITLE', cdata(title)));
  return el('SCAN', [
    el('REF', scan.reference),
    el('TYPE', scan.type),
    el('TITLE', cdata(scan.title)),
    el('USER_LOGIN', login),
    el('LAUNCH_DATETIME', isoSeconds(scan.launched)),
    el('DURATION', durationText(duration)),
    el('PROCESSING_PRIORITY', scan.priority === 0 ? '0 - No Priority' : `${scan.priority} - Priority`),
    el('PROCESSED', processed ? '1' : '0'),
    shown.status
      ? el('STATUS', [el('STATE', state), subState === undefined ? undefined : el('SUB_STATE', subState)])
      : undefined,
    shown.target ? el('TARGET', cdata(scan.target)) : undefined,
    shown.assetGroups && groups.length > 0 ? el('ASSET_GROUP_TITLE_LIST', groups) : undefined,
    shown.optionProfile
      ? el('OPTION_PROFILE', [
          el('TITLE', cdata(scan.profile.title)),
          el('DEFAULT_FLAG', scan.profile.isDefault ? '1' : '0'),
        ])
      : undefined,
  ]);
}
