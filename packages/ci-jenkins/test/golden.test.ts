import { join } from 'node:path';
import { describeAdapterGolden } from '@scangate/core/testing';
import { jenkins } from '../src/index.js';

describeAdapterGolden(jenkins, join(import.meta.dirname, 'golden'));
