/** The meta-runner as text. */
export function metaRunner(): string;
