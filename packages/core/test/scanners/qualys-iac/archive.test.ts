import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { Machine, TreeEntry } from '../../../src/scanners/machine.js';
import { archiveOf, MAX_ARCHIVE_BYTES } from '../../../src/scanners/qualys-iac/archive.js';
import type { Selection } from '../../../src/scanners/qualys-iac/details.js';
import { errorOf } from '../../support/local-server.js';
import { machineWith } from './platform.js';

const INFRA: Selection = { path: 'infra', exclude: [], gitignore: true };

async function namesIn(files: Record<string, string>, selection: Partial<Selection> = {}, links: string[] = []) {
  const { zip } = await archiveOf({ ...INFRA, ...selection }, machineWith(files, links));
  return Object.keys(unzipSync(zip));
}

describe('which files are templates', () => {
  it('takes the kinds of the platform, in any case, and nothing else', async () => {
    const names = ['a.tf', 'b.JSON', 'c.yml', 'd.YAML', 'e.template', 'f.tfvars', 'g.hcl', 'h.md', 'tf', 'i.json.bak'];
    const files = Object.fromEntries(names.map((name) => [`infra/${name}`, 'x']));
    expect(await namesIn(files)).toEqual(['a.tf', 'b.JSON', 'c.yml', 'd.YAML', 'e.template']);
  });

  it('keeps their folders, so that equal names do not collide', async () => {
    const files = { 'infra/a/main.tf': '1', 'infra/b/main.tf': '2', 'infra/main.tf': '3' };
    const { zip } = await archiveOf(INFRA, machineWith(files));
    const texts = Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]);
    expect(texts).toEqual([
      ['a/main.tf', '1'],
      ['b/main.tf', '2'],
      ['main.tf', '3'],
    ]);
  });

  it('leaves hidden files and folders out, unless a pattern names them', async () => {
    const files = { 'infra/.github/ci.yml': 'x', 'infra/.hidden.tf': 'x', 'infra/main.tf': 'x' };
    expect(await namesIn(files)).toEqual(['main.tf']);
    expect(await namesIn(files, { include: ['.github/**', '*.tf'] })).toEqual(['.github/ci.yml', 'main.tf']);
  });

  it('takes include and exclude, as globs relative to the path', async () => {
    const files = { 'infra/a/x.tf': '', 'infra/a/b/y.tf': '', 'infra/test/z.tf': '', 'infra/p.json': '' };
    expect(await namesIn(files, { include: ['**/*.tf'], exclude: ['test/'] })).toEqual(['a/b/y.tf', 'a/x.tf']);
    expect(await namesIn(files, { exclude: ['./a/*.tf', '**/.x'] })).toEqual(['a/b/y.tf', 'p.json', 'test/z.tf']);
  });

  it('takes one file, by its own name', async () => {
    expect(await namesIn({ 'infra/main.tf': 'x' }, { path: 'infra/main.tf' })).toEqual(['main.tf']);
  });

  it.each([
    ['a file of another kind', { 'infra/a.md': '' }, 'infra/a.md'],
    ['an archive', { 'infra/a.zip': '' }, 'infra/a.zip'],
    ['nothing that is a template', { 'infra/a.md': '' }, 'infra'],
    ['nothing at all', {}, 'infra'],
  ])('refuses %s', async (_, files, path) => {
    const error = await errorOf(archiveOf({ ...INFRA, path }, machineWith(files)));
    expect(error).toMatchObject({ code: 'SCANGATE_TARGET_FILES' });
  });

  it('refuses a path that is a link', async () => {
    const machine = machineWith({ 'infra/main.tf': '' }, ['infra/main.tf']);
    expect(await errorOf(archiveOf({ ...INFRA, path: 'infra/main.tf' }, machine))).toMatchObject({
      message: 'infra/main.tf is a link, which is not followed',
    });
  });

  it('says what was left out when nothing is left', async () => {
    const files = { 'infra/.gitignore': 'gen', 'infra/gen/a.tf': '', 'infra/b.tf': '', 'infra/c.tf': 'x' };
    const selection = { ...INFRA, exclude: ['b.tf'] };
    expect(await errorOf(archiveOf(selection, machineWith(files, ['infra/c.tf'])))).toMatchObject({
      message:
        'there is nothing to scan in infra: no file ends with .tf, .json, .yml, .yaml, .template (Git ignores 1; ' +
        '1 are hidden, or left out by include and exclude; 1 link is not followed: c.tf)',
      mend: 'correct path, include or exclude; gitignore: false takes what Git ignores too',
    });
  });
});

describe('what Git ignores', () => {
  const FILES = {
    'infra/.gitignore': 'gen/\n*.json\n!keep.json\n',
    'infra/gen/a.tf': '',
    'infra/gen/keep.json': '',
    'infra/keep.json': '',
    'infra/package.json': '',
    'infra/sub/.gitignore': '!package.json\n/local.tf\n',
    'infra/sub/package.json': '',
    'infra/sub/local.tf': '',
    'infra/sub/deep/local.tf': '',
  };

  it('is left out, with the files of folders below, and nothing comes back out of an ignored folder', async () => {
    expect(await namesIn(FILES)).toEqual(['keep.json', 'sub/deep/local.tf', 'sub/package.json']);
  });

  it('is taken when that is asked for', async () => {
    expect(await namesIn(FILES, { gitignore: false })).toHaveLength(7);
  });

  it('follows the files above the path, down from the working directory', async () => {
    const files = { '.gitignore': '*.json\ninfra/old/\n', 'infra/a.json': '', 'infra/old/a.tf': '', 'infra/b.tf': '' };
    expect(await namesIn(files)).toEqual(['b.tf']);
  });

  it('takes a folder that is named, although Git ignores it: a build step has just made it', async () => {
    const files = { '.gitignore': 'cdk.out/\n', 'cdk.out/stack.template.json': '{}' };
    expect(await namesIn(files, { path: 'cdk.out' })).toEqual(['stack.template.json']);
  });

  it.each(['/srv/infra', '../infra', 'C:\\infra'])('looks above no path that leads elsewhere: %s', async (path) => {
    const files = { '.gitignore': '*', [`${path}/a.tf`]: '' };
    expect(await namesIn(files, { path })).toEqual(['a.tf']);
  });

  it('has a whole folder or nothing of it, whatever the rules say of what lies there', async () => {
    const part = fc.constantFrom('a', 'b', 'c');
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `${parts.join('/')}/x.tf`);
    const rule = fc.tuple(fc.constantFrom('', '!', '/'), part, fc.constantFrom('', '/', '/**'));
    const rules = fc.array(rule.map((all) => all.join('')));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(path, { minLength: 1 }), rules, part, async (paths, lines, folder) => {
        const files = Object.fromEntries(paths.map((name) => [`infra/${name}`, '']));
        const ignored = [...lines, `${folder}/`].join('\n');
        const names = await namesIn({ ...files, 'infra/.gitignore': ignored, 'infra/top.tf': '' });
        expect(names.filter((name) => name.split('/').slice(0, -1).includes(folder))).toEqual([]);
        expect(names).toContain('top.tf');
      }),
    );
  });
});

describe('links', () => {
  it('are never followed, and told unless they are left out anyway', async () => {
    const files = {
      'infra/main.tf': '',
      'infra/outside': '',
      'infra/b/x.tf': '',
      'infra/.bin/y': '',
      'infra/gone': '',
    };
    const links = ['infra/outside', 'infra/b/x.tf', 'infra/.bin/y', 'infra/gone'];
    const { links: told, zip } = await archiveOf({ ...INFRA, exclude: ['gone'] }, machineWith(files, links));
    expect([told, Object.keys(unzipSync(zip))]).toEqual([['b/x.tf', 'outside'], ['main.tf']]);
  });
});

describe('the archive', () => {
  const shuffled = (machine: Machine, order: readonly number[]): Machine => ({
    ...machine,
    list: async function* (path) {
      const entries: TreeEntry[] = [];
      for await (const entry of machine.list(path)) entries.push(entry);
      for (const index of order) {
        const entry = entries[index];
        if (entry) yield entry;
      }
    },
  });

  it('is the same for the same templates, in whatever order they are listed', async () => {
    const name = fc.stringMatching(/^[a-zé /_-]{1,12}$/).filter((text) => !/(^|\/) *(\/|$)/.test(text));
    const files = fc.dictionary(name, fc.string({ unit: 'grapheme' }), { minKeys: 1, maxKeys: 6 });
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
    await fc.assert(
      fc.asyncProperty(files, orders, async (texts, order) => {
        const named = Object.fromEntries(Object.entries(texts).map(([key, text]) => [`infra/${key}.tf`, text]));
        const machine = machineWith(named);
        const [one, other] = [await archiveOf(INFRA, machine), await archiveOf(INFRA, shuffled(machine, order))];
        expect(Buffer.from(other.zip).equals(Buffer.from(one.zip))).toBe(true);
        expect(other.sha256).toBe(one.sha256);
        const back = Object.entries(unzipSync(one.zip)).map(([key, bytes]) => [
          `infra/${key}`,
          Buffer.from(bytes).toString(),
        ]);
        expect(Object.fromEntries(back)).toEqual(named);
      }),
    );
  });

  it('has another digest for another name or another content', async () => {
    const digest = async (files: Record<string, string>) => (await archiveOf(INFRA, machineWith(files))).sha256;
    const digests = await Promise.all([
      digest({ 'infra/a.tf': 'x' }),
      digest({ 'infra/b.tf': 'x' }),
      digest({ 'infra/a.tf': 'y' }),
      digest({ 'infra/a.tf': 'x', 'infra/b.tf': '' }),
    ]);
    expect(new Set(digests).size).toBe(4);
    // SHA-256 of ["a.tf","SHA-256 of x"]: the digest stands in tags on the platform, and must not change.
    expect(digests[0]).toBe('99b075c2729b4e2c9914ec520d6050e1d2f400c9c75b552c3aeaaaf11712fb42');
  });

  it('is refused when the platform would not take it, with the largest files', async () => {
    const files = {
      'infra/large.json': randomBytes(7_000_000),
      'infra/larger.json': randomBytes(MAX_ARCHIVE_BYTES - 7_000_000),
      'infra/small.tf': 'x',
    };
    const sizes = 'large\\.json \\(7,000,000 bytes\\), larger\\.json \\(3,485,760 bytes\\), small\\.tf \\(1 bytes\\)';
    expect(await errorOf(archiveOf(INFRA, machineWith(files)))).toMatchObject({
      code: 'SCANGATE_TARGET_FILES',
      message: expect.stringMatching(
        new RegExp(
          `^the archive of 3 templates has 10,48\\d,\\d{3} bytes, and the platform takes less than 10,485,760 bytes; the largest: ${sizes}$`,
        ),
      ),
    });
  });

  it('is taken when it is smaller by little', async () => {
    const files = { 'infra/large.json': randomBytes(MAX_ARCHIVE_BYTES - 10_000) };
    expect((await archiveOf(INFRA, machineWith(files))).zip.byteLength).toBeLessThan(MAX_ARCHIVE_BYTES);
  });

  it('is not even read when it could never fit', async () => {
    const machine: Machine = {
      ...machineWith({ 'infra/a.json': '' }),
      list: async function* () {
        yield { path: 'a.json', bytes: 500 * 1024 * 1024, kind: 'file' };
      },
      read: async () => Promise.reject(new Error('it was read')),
    };
    const error = await errorOf(archiveOf({ ...INFRA, gitignore: false }, machine));
    expect(error).toMatchObject({ code: 'SCANGATE_TARGET_FILES' });
  });

  it('fails with what cannot be read', async () => {
    const list: Machine['list'] = async function* () {
      yield { path: 'gone.tf', bytes: 1, kind: 'file' };
    };
    const machine = { ...machineWith({ 'infra/a.tf': '' }), list };
    expect(await errorOf(archiveOf(INFRA, machine))).toMatchObject({
      code: 'SCANGATE_TARGET_FILES',
      message: 'infra/gone.tf does not exist',
    });
  });
});
