/**
 * Small container images out of Debian's own packages, without an engine: the files of the packages, the status that
 * dpkg would write of them, and the layer and its names as `docker save` has them.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { IMAGES } from './tools.mjs';

const call = (command, args, options) => execFileSync(command, args, options);

/** base-files says which Debian it is; zlib1g has a vulnerability in the database of the tests. */
const PACKAGES = { vulnerable: ['base-files', 'zlib1g'], clean: ['base-files'] };

/** Makes those that are missing. `update` fetches the lists of packages, where there are none. */
export function makeImages(run) {
  const missing = Object.entries(IMAGES).filter(([, path]) => !existsSync(path));
  if (missing.length === 0) return;
  const scratch = mkdtempSync(join(tmpdir(), 'scangate-image-'));
  try {
    const names = [...new Set(missing.flatMap(([name]) => PACKAGES[name]))];
    fetchPackages(names, scratch, run);
    for (const [name, path] of missing) makeImage(name, path, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function fetchPackages(names, folder, run) {
  // As root apt would hand the download to a user who may not write here.
  const download = ['-o', 'APT::Sandbox::User=root', '-qq', 'download', ...names];
  try {
    call('apt-get', download, { cwd: folder, stdio: 'ignore' });
  } catch {
    run('apt-get', ['-o', 'DPkg::Lock::Timeout=400', '-qq', 'update']);
    call('apt-get', download, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

function makeImage(name, path, scratch) {
  const root = join(scratch, `${name}-root`);
  const status = [];
  for (const wanted of PACKAGES[name]) {
    const file = join(
      scratch,
      readdirSync(scratch).find((one) => one.startsWith(`${wanted}_`) && one.endsWith('.deb')),
    );
    call('dpkg-deb', ['--extract', file, root]);
    const control = call('dpkg-deb', ['--field', file], { encoding: 'utf8' });
    status.push(control.trim().replace('\n', '\nStatus: install ok installed\n'));
  }
  mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true });
  writeFileSync(join(root, 'var/lib/dpkg/status'), `${status.join('\n\n')}\n`);
  const saved = join(scratch, `${name}-saved`);
  mkdirSync(saved);
  pack(root, join(saved, 'layer.tar'));
  writeFileSync(join(saved, 'manifest.json'), JSON.stringify([manifest(name, saved)]));
  mkdirSync(dirname(path), { recursive: true });
  pack(saved, `${path}.tmp`);
  renameSync(`${path}.tmp`, path);
}

/** Names without `./` before them: readers look for `manifest.json`. */
function pack(folder, file) {
  const owner = ['--owner=0', '--group=0', '--numeric-owner'];
  call('tar', ['--sort=name', '--mtime=@0', ...owner, '-cf', file, '-C', folder, ...readdirSync(folder).sort()]);
}

/** Writes the image's configuration, and gives its entry of the list. */
function manifest(name, saved) {
  const layer = createHash('sha256')
    .update(readFileSync(join(saved, 'layer.tar')))
    .digest('hex');
  const created = '2026-01-01T00:00:00Z';
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created,
    config: { Cmd: ['/bin/sh'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    history: [{ created, created_by: 'packages of Debian' }],
  });
  const file = `${createHash('sha256').update(config).digest('hex')}.json`;
  writeFileSync(join(saved, file), config);
  return { Config: file, RepoTags: [`scangate-live:${name}`], Layers: ['layer.tar'] };
}
