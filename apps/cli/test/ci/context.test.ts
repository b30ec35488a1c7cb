import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUILD_FACTS, CI_BUILDS } from '../../../../test/ci-environments.js';
import { verdictIn } from '../scan/support.js';
import { clean } from '../support/cannot-lie.js';
import { inTemporaryFolder, runHere } from '../support/cli.js';

const CONFIG = `version: 1
targets: { shop: { scanner: report, path: clean.json } }
policy: { rules: [{ name: nothing critical, select: { severity: critical }, max: 0 }] }
`;

describe('scangate run --ci auto', () => {
  it.each(CI_BUILDS)('writes down which build it judged: $tool, $name', (build) =>
    inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'scangate.yml'), CONFIG);
      writeFileSync(join(folder, 'clean.json'), clean);
      const { exit, stderr } = await runHere(['run', '--ci', 'auto'], folder, { env: build.env });
      expect(exit, stderr).toBe('pass');
      const expected: Record<string, unknown> = {
        tool: build.tool,
        name: expect.any(String),
        ...BUILD_FACTS[build.tool],
        branch: build.branch,
        commit: build.commit,
        targetBranch: build.targetBranch,
        mergeRequest: build.pullRequest,
      };
      expect(verdictIn(folder).ci).toEqual(
        Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
      );
    }),
  );
});
