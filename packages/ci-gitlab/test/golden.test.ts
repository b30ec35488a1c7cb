import { join } from 'node:path';
import { describeAdapterGolden } from '@scangate/core/testing';
import { gitlab } from '../src/index.js';
import { answerAs, noteEnv } from './fake-gitlab.js';

describeAdapterGolden(gitlab, join(import.meta.dirname, 'golden'), {
  server: { env: noteEnv, answer: (request) => answerAs([], request) },
  maxChars: { 'gl-code-quality-report.json': 11_000_000, 'requests.txt': 1_000_000, 'stdout.txt': 1_000_000 },
});
