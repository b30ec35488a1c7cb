export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface ProcessOptions {
  cwd?: string;
  env?: Record<string, string>;
  timeoutMs?: number;
  stdoutFile?: string;
}

export type TrivyKind = 'config' | 'packages';

export interface TrivyOptions {
  cwd?: string;
  cache: string;
  format?: 'json' | 'sarif' | 'cyclonedx';
  stdoutFile?: string;
}

export interface WapitiOptions {
  scratch: string;
  modules?: string;
  format?: 'json' | 'xml';
}

export declare const TRIVY_ARGUMENTS: Readonly<Record<TrivyKind, readonly string[]>>;
export declare function trivyEnvironment(cache: string): Record<string, string>;
export declare function runProcess(
  file: string,
  args: readonly string[],
  options?: ProcessOptions,
): Promise<ProcessEnd>;
export declare function withScratch<T>(use: (folder: string) => Promise<T>): Promise<T>;
export declare function makeTrivyCache(folder: string): Promise<string>;
export declare function runTrivy(
  binary: string,
  kind: TrivyKind,
  target: string,
  options: TrivyOptions,
): Promise<ProcessEnd>;
export declare function runWapiti(url: string, reportFile: string, options: WapitiOptions): Promise<ProcessEnd>;
export declare function withApp<T>(file: string, use: (url: string) => Promise<T>): Promise<T>;
