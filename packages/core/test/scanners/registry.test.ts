import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SCANNERS, scannerOf } from '../../src/scanners/index.js';

it('the registry and the folders of scanners agree', () => {
  const folder = fileURLToPath(new URL('../../src/scanners', import.meta.url));
  const folders = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'report')
    .map(({ name }) => name)
    .sort();
  expect(SCANNERS.map(({ name }) => name)).toEqual(folders);
  for (const name of folders) expect(scannerOf(name)?.name).toBe(name);
  expect(scannerOf('report')).toBeUndefined();
});
