import { outcomeVariables } from '@scangate/core/ci';
import type { Reporter } from '@scangate/core/reporters';

/**
 * `scangate.env` for `artifacts:reports:dotenv`, which allows no quotes, spaces, comments or empty lines, and 20
 * variables on the smallest server (docs.gitlab.com/ci/yaml/artifacts_reports, read 2026-11-23).
 */
export const dotenv: Reporter = {
  format: 'gitlab-dotenv',
  fileName: 'scangate.env',
  create: () => ({
    end: ({ verdict }) => outcomeVariables(verdict).map(([name, value]) => `SCANGATE_${name.toUpperCase()}=${value}\n`),
  }),
};
