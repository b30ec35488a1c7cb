import { join } from 'node:path';
import { describeAdapterGolden } from '@scangate/core/testing';
import { azure } from '../src/index.js';

describeAdapterGolden(azure, join(import.meta.dirname, 'golden'));
