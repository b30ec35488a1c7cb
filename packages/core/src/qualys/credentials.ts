import { excerpt, ScangateError } from '../errors.js';
import type { QualysCredentials } from './types.js';

type Field = 'username' | 'password' | 'clientId' | 'clientSecret' | 'token';

const VARIABLES: Readonly<Record<Field, string>> = {
  username: 'SCANGATE_QUALYS_USERNAME',
  password: 'SCANGATE_QUALYS_PASSWORD',
  clientId: 'SCANGATE_QUALYS_CLIENT_ID',
  clientSecret: 'SCANGATE_QUALYS_CLIENT_SECRET',
  token: 'SCANGATE_QUALYS_TOKEN',
};

/** What makes up each kind. */
const KINDS: Readonly<Record<QualysCredentials['kind'], readonly Field[]>> = {
  password: ['username', 'password'],
  client: ['clientId', 'clientSecret'],
  token: ['token'],
};

export interface CredentialSources {
  env: Readonly<Record<string, string | undefined>>;
  /** The text of a file; rejects when it cannot be read. */
  readFile: (path: string) => Promise<string>;
}

const wrong = (message: string, mend?: string, cause?: unknown): ScangateError =>
  new ScangateError('SCANGATE_QUALYS_CREDENTIALS', message, { ...(mend === undefined ? {} : { mend }), cause });

/**
 * The credentials of the environment, each variable also as `..._FILE`. Empty variables count as not set: CI tools set
 * them so for pipelines that may not see a secret.
 *
 * Throws `SCANGATE_QUALYS_CREDENTIALS` when there are none, half of a pair, or several kinds: a guess would sign in as
 * somebody else than was meant.
 */
export async function readCredentials(sources: CredentialSources): Promise<QualysCredentials> {
  const values: Partial<Record<Field, string>> = {};
  for (const field of Object.keys(VARIABLES) as Field[]) {
    const value = await readValue(VARIABLES[field], sources);
    if (value !== undefined) values[field] = value;
  }
  const begun = (Object.keys(KINDS) as QualysCredentials['kind'][]).filter((kind) =>
    KINDS[kind].some((field) => values[field] !== undefined),
  );
  const [kind, ...others] = begun;
  if (kind === undefined) throw wrong('there are no credentials for the Qualys platform in the environment');
  if (others.length > 0) {
    const names = Object.keys(values).map((field) => VARIABLES[field as Field]);
    throw wrong(`credentials of several kinds are set: ${names.join(', ')}`, 'leave one kind and unset the others');
  }
  const missing = KINDS[kind].filter((field) => values[field] === undefined).map((field) => VARIABLES[field]);
  if (missing.length > 0) throw wrong(`${missing.join(', ')} is not set`, `set ${missing.join(', ')} too`);
  const { username = '', password = '', clientId = '', clientSecret = '', token = '' } = values;
  if (kind === 'password') return { kind, username, password };
  return kind === 'client' ? { kind, clientId, clientSecret } : { kind, token };
}

async function readValue(name: string, { env, readFile }: CredentialSources): Promise<string | undefined> {
  const fileName = `${name}_FILE`;
  const direct = env[name] || undefined;
  const path = env[fileName] || undefined;
  if (direct !== undefined && path !== undefined) {
    throw wrong(`both ${name} and ${fileName} are set`, 'unset one of them');
  }
  if (path === undefined) return direct === undefined ? undefined : checked(direct, name);
  const text = (await contentOf(path, fileName, readFile)).replace(/^\uFEFF/, '').replace(/\r?\n$/, '');
  if (text === '') throw wrong(`the file that ${fileName} names is empty`, 'write the secret into the file');
  return checked(text, fileName);
}

async function contentOf(path: string, name: string, readFile: CredentialSources['readFile']): Promise<string> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw wrong(
      `the file that ${name} names cannot be read: ${excerpt(path, 120)}`,
      'check that the file exists on this agent and that the user of the build may read it',
      cause,
    );
  }
}

/** A secret of several lines is a mistake in copying, and would break the header it travels in. */
function checked(value: string, name: string): string {
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || code === 0x7f) {
      throw wrong(`${name} holds a line end or another control character`, 'set it to the bare secret');
    }
  }
  return value;
}

/** The parts that nobody may see, to be redacted from whatever is printed or stored. */
export function secretsOf(credentials: QualysCredentials): string[] {
  switch (credentials.kind) {
    case 'password': {
      const pair = `${credentials.username}:${credentials.password}`;
      return [credentials.password, Buffer.from(pair, 'utf8').toString('base64')];
    }
    case 'client':
      return [credentials.clientSecret];
    case 'token':
      return [credentials.token];
  }
}
