import { createRedact, type Redact, redactValue, ScangateError } from '@scangate/core';
import type { Context } from './context.js';

/** Variables whose values must never reach a file or a log. */
const SECRET_VARIABLES = [
  'SCANGATE_QUALYS_PASSWORD',
  'SCANGATE_QUALYS_CLIENT_SECRET',
  'SCANGATE_QUALYS_TOKEN',
  'SCANGATE_CLIENT_KEY_PASSPHRASE',
  'SCANGATE_GITLAB_TOKEN',
  'CI_JOB_TOKEN',
];

/** The secrets that this process knows so far; files and tokens join while it runs. */
export class Secrets {
  private readonly known: Set<string>;
  private replace: Redact;

  constructor(env: Context['env']) {
    this.known = new Set(SECRET_VARIABLES.map((name) => env[name]).filter((value) => value !== undefined));
    this.replace = createRedact(this.known);
  }

  add(secret: string): void {
    if (this.known.has(secret)) return;
    this.known.add(secret);
    this.replace = createRedact(this.known);
  }

  readonly redact: Redact = (text) => this.replace(text);

  /** As {@link redact}, for every text in a plain value. */
  readonly redactValue = <T>(value: T): T => (this.known.size === 0 ? value : redactValue(value, this.replace));
}

const SECRET_FLAG = /^--?(?:[\w-]*-)?(?:password|passwd|passphrase|secret|token|api-?key|credentials?)(?:=|$)/i;

/** Shorter values turn up in ordinary arguments. */
const MIN_SECRET_CHARS = 4;

/** A command line is seen by every user of the machine and kept in logs. Throws without repeating anything of it. */
export function refuseSecretArguments(args: readonly string[], env: Context['env']): void {
  const mend = 'set SCANGATE_QUALYS_PASSWORD or its kin in the environment, or its ..._FILE; and change the secret';
  for (const [index, argument] of args.entries()) {
    if (SECRET_FLAG.test(argument)) {
      const what = `argument ${index + 1} would take a secret from the command line`;
      throw new ScangateError('SCANGATE_CLI_USAGE', what, { mend });
    }
    for (const name of SECRET_VARIABLES) {
      const value = env[name] ?? '';
      if (value.length < MIN_SECRET_CHARS || !argument.includes(value)) continue;
      throw new ScangateError('SCANGATE_CLI_USAGE', `argument ${index + 1} holds the value of ${name}`, { mend });
    }
  }
}
