import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.js';
import { ScangateError } from '../../src/errors.js';

const EXAMPLE = new URL('../../../../examples/open-scanners/scangate.yml', import.meta.url);

/** The target as it was read, or the message. */
function read(target: object): unknown {
  const text = JSON.stringify({ version: 1, targets: { it: target }, policy: { rules: [{ name: 'a', max: 0 }] } });
  try {
    return parseConfig(text, 'scangate.yml', {}).targets?.it;
  } catch (error) {
    if (error instanceof ScangateError) return error.message;
    throw error;
  }
}

describe('targets of open scanners', () => {
  it('are those of the example', () => {
    const { targets = {} } = parseConfig(readFileSync(EXAMPLE, 'utf8'), 'scangate.yml', {});
    expect(Object.entries(targets).map(([name, { scanner }]) => `${name} ${scanner}`)).toEqual([
      ...['shop-image trivy', 'shop-packages trivy', 'shop-templates trivy', 'shop-web wapiti'],
    ]);
  });

  it.each<object>([
    {
      scanner: 'trivy',
      image: 'shop:1',
      platform: 'linux/arm64/v8',
      scanners: ['vuln', 'secret', 'misconfig', 'license'],
    },
    {
      scanner: 'trivy',
      filesystem: '.',
      skipDirs: ['a'],
      skipFiles: ['b'],
      skipDbUpdate: true,
      offline: true,
      wait: '5m',
    },
    {
      scanner: 'trivy',
      config: 'infra/',
      program: '/opt/trivy',
      programVersion: '0.58.1',
      cacheDir: '/c',
      tags: ['x'],
    },
    {
      scanner: 'wapiti',
      url: 'http://127.0.0.1:8080',
      scope: 'page',
      modules: ['sql'],
      maxScanTime: '5m',
      program: 'w',
    },
    { scanner: 'wapiti', url: 'https://shop.example/a/', scope: 'domain', orElse: 'zap' },
    {
      scanner: 'zap',
      url: 'https://shop.example/a/',
      scope: 'folder',
      maxScanTime: '5m',
      orElse: 'wapiti',
      wait: '2h',
    },
  ])('are read as they are: %j', (target) => {
    expect(read(target)).toEqual(target);
  });

  it.each<[target: object, message: RegExp]>([
    [{ scanner: 'trivy' }, /exactly one of image, filesystem or config/],
    [{ scanner: 'trivy', image: 'a', config: 'b' }, /exactly one of image, filesystem or config/],
    [{ scanner: 'trivy', config: 'a', scanners: ['vuln'] }, /leave scanners out/],
    [{ scanner: 'trivy', filesystem: 'a', platform: 'linux/amd64' }, /platform belongs to image/],
    [{ scanner: 'trivy', image: 'a', platform: 'arm' }, /os\/architecture/],
    [{ scanner: 'trivy', image: 'a', scanners: [] }, /the list is empty/],
    [{ scanner: 'trivy', image: 'a', scanners: ['vulns'] }, /did you mean "vuln"/],
    [{ scanner: 'trivy', image: 'a', ignoreUnfixed: true }, /unknown key "ignoreUnfixed"/],
    [{ scanner: 'trivy', image: 'a', severity: 'HIGH' }, /unknown key "severity"/],
    [{ scanner: 'trivy', image: 'a', programVersion: 'dev' }, /expected a version/],
    [{ scanner: 'trivy', image: 'a', wait: '90' }, /expected a duration/],
    [{ scanner: 'wapiti' }, /url/],
    [{ scanner: 'wapiti', url: 'shop.example' }, /expected an http/],
    [{ scanner: 'wapiti', url: 'https://user:secret@shop.example/' }, /without credentials/],
    [{ scanner: 'wapiti', url: 'https://shop.example/?a=b' }, /without credentials, query/],
    [{ scanner: 'wapiti', url: 'https://shop.example/', scope: 'punk' }, /scope/],
    [
      { scanner: 'wapiti', url: 'https://shop.example/', scope: 'page', orElse: 'zap' },
      /there is no scope page in ZAP/,
    ],
    [{ scanner: 'wapiti', url: 'https://shop.example/', modules: ['sql'], orElse: 'zap' }, /modules or orElse/],
    [{ scanner: 'wapiti', url: 'https://shop.example/', orElse: 'wapiti' }, /orElse/],
    [{ scanner: 'zap', url: 'https://shop.example/', modules: ['sql'] }, /unknown key "modules"/],
  ])('are refused: %j', (target, message) => {
    expect(read(target)).toMatch(message);
  });
});
