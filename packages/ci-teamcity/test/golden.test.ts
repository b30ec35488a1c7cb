import { join } from 'node:path';
import { describeAdapterGolden } from '@scangate/core/testing';
import { teamcity } from '../src/index.js';

describeAdapterGolden(teamcity, join(import.meta.dirname, 'golden'));
