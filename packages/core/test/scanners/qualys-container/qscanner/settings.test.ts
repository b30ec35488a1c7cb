import { describe, expect, it } from 'vitest';
import { QScannerSettings } from '../../../../src/config/targets/qualys-container-qscanner.js';
import type { QScannerSettings as Taken } from '../../../../src/scanners/qualys-container/qscanner/settings.js';

const download = { url: 'https://downloads.example/qscanner', sha256: 'a'.repeat(64) };
const whole: Taken = {
  download,
  mode: 'evaluate-policy',
  scanTypes: ['pkg', 'secret', 'malware', 'fileinsight'],
  policyTags: ['shop'],
  onAudit: 'warn',
  timeout: '20m',
  rootfs: 'root',
  storageDriver: 'containerd-overlayfs',
  platform: 'linux/arm/v7',
  proxy: 'http://proxy.example:3128',
  excludeDirs: ['/proc'],
  excludeFiles: ['a.bin'],
  offline: true,
  severitySource: 'customer',
  scanTargetInfo: { 'git.branch': 'main' },
};

describe('the settings', () => {
  it('are taken as a whole, and as nothing', () => {
    expect([QScannerSettings.parse(whole), QScannerSettings.parse({})]).toEqual([whole, {}]);
  });

  it.each<[string, object, string]>([
    ['an unknown key', { scanType: ['pkg'] }, 'Unrecognized key: "scanType"'],
    ['a program and a download', { program: 'qs', download }, 'give either program or download'],
    ['two things to scan', { rootfs: 'a', repo: 'b' }, 'give one of container, rootfs and repo'],
    ['policies that nobody evaluates', { policyTags: ['a'] }, 'policyTags choose policies of mode evaluate-policy'],
    ['a verdict that nobody gives', { onAudit: 'pass' }, 'onAudit speaks of mode evaluate-policy'],
    ['an empty list', { scanTypes: [] }, 'the list is empty'],
    ['empty information', { scanTargetInfo: {} }, 'the list is empty'],
    ['a comma in a list', { excludeDirs: ['a,b'] }, 'a comma would make it two'],
    ['a time without a unit', { timeout: '300' }, 'expected a duration with its unit, such as 90s, 15m, 2h or 7d'],
    ['a platform without architecture', { platform: 'linux' }, 'expected a platform such as linux/arm64'],
    ['a short checksum', { download: { ...download, sha256: 'abc' } }, 'expected 64 hex digits'],
    [
      'a proxy with credentials',
      { proxy: 'http://a:b@c' },
      'expected http://host:port; credentials of a proxy belong into HTTPS_PROXY',
    ],
    [
      'credentials in an address',
      { download: { ...download, url: 'https://a:b@c.example/d' } },
      'expected an https:// address without a user name',
    ],
  ])('refuse %s', (_, settings, message) => {
    const { error } = QScannerSettings.safeParse(settings);
    expect(error?.issues.map((issue) => issue.message)).toEqual([message]);
  });

  it.each(['inventory-only', 'scan-only'])('refuse the mode %s, which brings no findings back', (mode) => {
    expect(QScannerSettings.safeParse({ mode }).success).toBe(false);
  });
});
