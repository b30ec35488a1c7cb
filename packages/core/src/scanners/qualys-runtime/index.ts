import type { Scanner } from '../scanner.js';
import { collectRunning } from './collect.js';
import { detailsOf } from './details.js';
import { planRuntime } from './plan.js';
import type { RuntimeTarget } from './target.js';

/**
 * Containers that run from an image, as the platform knows them now. Nothing is started and nothing is waited for.
 * https://docs.qualys.com/en/cs/api/ and the vendor's description of the API (read 2026-11-23).
 */
export const qualysRuntime: Scanner<RuntimeTarget> = {
  name: 'qualys-runtime',
  needsPlatform: true,
  plan: planRuntime,
  find: async () => undefined,
  findReusable: async () => undefined,
  launch: async (plan) => ({ plan, scanId: detailsOf(plan).reference.text }),
  progress: async (handles) =>
    new Map(handles.map(({ plan }) => [plan.scanName, { phase: 'ended', state: 'what is known is read' } as const])),
  cancel: async () => undefined,
  findings: collectRunning,
};
