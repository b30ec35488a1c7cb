import { createRedact, type Redact } from '../redact.js';

/** The secrets that a client knows so far; tokens join while it runs. */
export class Secrets {
  private readonly known = new Set<string>();
  private replace: Redact;

  constructor(
    secrets: Iterable<string>,
    private readonly onSecret: (secret: string) => void = () => undefined,
  ) {
    for (const secret of secrets) this.known.add(secret);
    this.replace = createRedact(this.known);
  }

  add(secret: string): void {
    if (this.known.has(secret)) return;
    this.known.add(secret);
    this.replace = createRedact(this.known);
    this.onSecret(secret);
  }

  readonly redact: Redact = (text) => this.replace(text);
}
