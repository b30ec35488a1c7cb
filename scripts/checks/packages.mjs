/** What `npm publish` would send: every built package, looked at by publint. Run after the build. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const folders = ['packages', 'apps'].flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)));
let errorCount = 0;
for (const pkgDir of folders.filter((folder) => existsSync(join(folder, 'package.json')))) {
  const pkg = JSON.parse(readFileSync(join(pkgDir, 'package.json'), 'utf8'));
  const { messages } = await publint({ pkgDir, strict: true, level: 'warning', pack: 'npm' });
  for (const message of messages) console.log(`${pkg.name}: ${formatMessage(message, pkg, { color: false })}`);
  errorCount += messages.length;
}
process.exitCode = errorCount > 0 ? 1 : 0;
