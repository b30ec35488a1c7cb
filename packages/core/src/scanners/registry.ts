import { qualysAgent } from './qualys-agent/index.js';
import { qualysContainer } from './qualys-container/index.js';
import { qualysIac } from './qualys-iac/index.js';
import { qualysPc } from './qualys-pc/index.js';
import { qualysRegistry } from './qualys-registry/index.js';
import { qualysRuntime } from './qualys-runtime/index.js';
import { qualysVm } from './qualys-vm/index.js';
import { qualysWas } from './qualys-was/index.js';
import type { Scanner } from './scanner.js';
import { trivy } from './trivy/index.js';
import { wapiti } from './wapiti/index.js';
import { zap } from './zap/index.js';

/** Scanners that start scans, by name. Each is given targets of its own form, which the configuration has checked. */
export const SCANNERS: readonly Scanner<unknown>[] = [
  qualysAgent,
  qualysContainer,
  qualysIac,
  qualysPc,
  qualysRegistry,
  qualysRuntime,
  qualysVm,
  qualysWas,
  trivy,
  wapiti,
  zap,
];

export const scannerOf = (name: string): Scanner<unknown> | undefined => SCANNERS.find((one) => one.name === name);
