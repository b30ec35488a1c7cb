import { join } from 'node:path';
import { describeAdapterGolden } from '@scangate/core/testing';
import { gitlab } from '../src/index.js';

describeAdapterGolden(gitlab, join(import.meta.dirname, 'golden'));
