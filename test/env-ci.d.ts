declare module 'env-ci' {
  /** What it makes of a build's environment; members depend on the service. */
  export default function envCi(options?: { env?: Record<string, string>; cwd?: string }): Record<string, unknown>;
}
