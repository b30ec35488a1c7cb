import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../support/cli.js';
import { errorOf, machineIn } from './support.js';

async function listed(folder: string, path: string) {
  const entries = [];
  for await (const entry of machineIn(folder).machine.list(path)) entries.push(entry);
  return entries;
}

describe("the user's files", () => {
  it('are listed by path; links are told and not followed', async () => {
    await inTemporaryFolder(async (folder) => {
      mkdirSync(join(folder, 'infra/b'), { recursive: true });
      writeFileSync(join(folder, 'infra/b/main.tf'), '12345');
      writeFileSync(join(folder, 'infra/a.yml'), '');
      writeFileSync(join(folder, 'outside'), 'x');
      symlinkSync('../outside', join(folder, 'infra/c'));
      symlinkSync('..', join(folder, 'infra/round'));
      expect(await listed(folder, 'infra/')).toEqual([
        { path: 'a.yml', bytes: 0, kind: 'file' },
        { path: 'b', bytes: 0, kind: 'folder' },
        { path: 'b/main.tf', bytes: 5, kind: 'file' },
        { path: 'c', bytes: 0, kind: 'link' },
        { path: 'round', bytes: 0, kind: 'link' },
      ]);
      expect(await listed(folder, join(folder, 'infra/b'))).toEqual([{ path: 'main.tf', bytes: 5, kind: 'file' }]);
      expect(await listed(folder, 'outside')).toEqual([{ path: '', bytes: 1, kind: 'file' }]);
      expect(await listed(folder, 'infra/round')).toEqual([{ path: '', bytes: 0, kind: 'link' }]);
    });
  });

  it('are named when they cannot be listed', async () => {
    await inTemporaryFolder(async (folder) => {
      expect(await errorOf(listed(folder, 'nowhere'))).toEqual({
        code: 'SCANGATE_TARGET_FILES',
        message: 'nowhere cannot be read: no such file',
      });
    });
  });

  it('are read whole, up to a size, and through no link', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'five'), '12345');
      writeFileSync(join(folder, 'none'), '');
      symlinkSync('five', join(folder, 'link'));
      mkdirSync(join(folder, 'folder'));
      const { machine } = machineIn(folder);
      expect(Buffer.from(await machine.read('five', 5)).toString()).toBe('12345');
      expect(await machine.read('none', 5)).toHaveLength(0);
      const refused = { five: 4, link: 10, folder: 10, nowhere: 10 };
      for (const [path, limit] of Object.entries(refused)) {
        expect(await errorOf(machine.read(path, limit)), path).toMatchObject({ code: 'SCANGATE_TARGET_FILES' });
      }
    });
  });
});
