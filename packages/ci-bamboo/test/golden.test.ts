import { join } from 'node:path';
import { describeAdapterGolden } from '@scangate/core/testing';
import { bamboo } from '../src/index.js';

describeAdapterGolden(bamboo, join(import.meta.dirname, 'golden'));
