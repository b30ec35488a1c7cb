import { join } from 'node:path';
import { describeAdapterGolden } from '@scangate/core/testing';
import { github } from '../src/index.js';

describeAdapterGolden(github, join(import.meta.dirname, 'golden'), {
  server: { env: { GITHUB_STEP_SUMMARY: '/runner/summary', GITHUB_OUTPUT: '/runner/output' } },
});
