import * as z from 'zod';
import { excerpt, ScangateError } from '../errors.js';
import type { ScanHandle, ScanPlan } from '../scanners/scanner.js';

/**
 * Texts by target, kept beyond the process. `write` replaces the whole text at once or not at all. Failures of the
 * medium are thrown as `SCANGATE_STATE_UNWRITABLE` or `SCANGATE_STATE_UNREADABLE`.
 */
export interface StateStore {
  read(target: string): Promise<string | undefined>;
  write(target: string, text: string): Promise<void>;
  remove(target: string): Promise<void>;
}

const SCHEMA = 'scangate.state/1';

const text = z.string().min(1);
const ms = z.number().min(0);

const Plan = z.strictObject({
  target: text,
  scanner: text,
  subject: z.string(),
  scanName: text,
  details: z.json(),
  historyMs: z.array(ms),
  isLocal: z.boolean().optional(),
});

const Launch = z.strictObject({
  scanId: text,
  reference: text.optional(),
  link: text.optional(),
  launchedAtMs: ms.optional(),
  /** By our clock. */
  at: z.iso.datetime(),
  /** Somebody else started it. */
  adopted: z.boolean(),
});

const StateRecord = z.strictObject({
  schema: z.literal(SCHEMA),
  target: text,
  scanner: text,
  /** Of what is scanned. */
  digest: text,
  runId: text,
  createdAt: z.iso.datetime(),
  plan: Plan,
  /** Absent: an intent. Whether there is a scan is known to the platform alone. */
  launch: Launch.optional(),
  /** Absent: nobody has judged it yet. */
  end: z
    .strictObject({
      at: z.iso.datetime(),
      how: z.enum(['judged', 'failed', 'cancelled']),
      /** Whether what was made for the scan is taken back. */
      cleanedUp: z.boolean(),
    })
    .optional(),
});
export type StateRecord = z.infer<typeof StateRecord>;

export const handleOf = ({ plan, launch }: StateRecord): ScanHandle | undefined => {
  if (!launch) return undefined;
  const { scanId, reference, link, launchedAtMs } = launch;
  return { plan, scanId, reference, link, launchedAtMs };
};

export const launchOf = (handle: ScanHandle, at: string, adopted: boolean): NonNullable<StateRecord['launch']> => {
  const { scanId, reference, link, launchedAtMs } = handle;
  return {
    scanId,
    ...(reference === undefined ? {} : { reference }),
    ...(link === undefined ? {} : { link }),
    ...(launchedAtMs === undefined ? {} : { launchedAtMs }),
    at,
    adopted,
  };
};

/** What tells the records of jobs apart. */
interface JobIdentity {
  name: string;
  digest: string;
  scanner: { name: string };
}

/** The records of a store. What is not ours or not whole is an error, never a reason to start from nothing. */
export class StateBook {
  constructor(private readonly store: StateStore) {}

  /** Throws `SCANGATE_STATE_UNREADABLE`, and `SCANGATE_STATE_FOREIGN` for a scan of something else that is not judged. */
  async read(job: JobIdentity): Promise<StateRecord | undefined> {
    const stored = await this.store.read(job.name);
    if (stored === undefined) return undefined;
    const record = parseRecord(stored, job.name);
    if (record.target !== job.name || record.plan.target !== job.name) {
      throw foreign(`the state of "${job.name}" is that of the target "${excerpt(record.target)}"`);
    }
    // A program that an earlier run left unfinished is never judged by a later one, so it may be about something else.
    const isReplaced = record.plan.isLocal === true && record.scanner === job.scanner.name;
    if (record.end === undefined && !isReplaced) refuseForeign(record, job);
    return record;
  }

  async write(record: StateRecord): Promise<void> {
    await this.store.write(record.target, `${JSON.stringify(record, null, 2)}\n`);
  }

  async remove(target: string): Promise<void> {
    await this.store.remove(target);
  }
}

/** Throws `SCANGATE_STATE_FOREIGN` when the record is about another scan than the job. */
export function refuseForeign(record: StateRecord, job: JobIdentity): void {
  if (record.scanner === job.scanner.name && record.digest === job.digest) return;
  const subject = excerpt(record.plan.subject);
  throw foreign(`the state of "${job.name}" is of another scan than the configuration asks for: ${subject}`);
}

export const newRecord = (job: JobIdentity, plan: ScanPlan, runId: string, createdAt: string): StateRecord => ({
  schema: SCHEMA,
  target: job.name,
  scanner: job.scanner.name,
  digest: job.digest,
  runId,
  createdAt,
  plan,
});

function parseRecord(stored: string, name: string): StateRecord {
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw unreadable(name, stored.trim() === '' ? 'it is empty' : 'it is no JSON', cause);
  }
  const result = StateRecord.safeParse(value);
  if (result.success) return result.data;
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (typeof schema === 'string' && schema !== SCHEMA && schema.startsWith('scangate.state/')) {
    throw unreadable(name, `it was written by another version: ${excerpt(schema)}`);
  }
  const [issue] = result.error.issues;
  throw unreadable(name, `${issue?.path.join('.') || 'the whole'}: ${excerpt(issue?.message ?? 'not known', 100)}`);
}

const unreadable = (name: string, why: string, cause?: unknown): ScangateError =>
  new ScangateError('SCANGATE_STATE_UNREADABLE', `the state of "${name}" cannot be used: ${why}`, { cause });

const foreign = (message: string): ScangateError => new ScangateError('SCANGATE_STATE_FOREIGN', message);
