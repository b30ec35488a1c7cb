import { join } from 'node:path';
import { describeAdapterGolden } from '@scangate/core/testing';
import { circleci } from '../src/index.js';

describeAdapterGolden(circleci, join(import.meta.dirname, 'golden'));
