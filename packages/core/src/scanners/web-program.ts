import * as z from 'zod';
import { ScangateError } from '../errors.js';
import { readDuration } from '../model/duration.js';
import type { ScanProblem, ScanStatement } from '../model/scan.js';
import type { ProgramEnd, ProgramSpec, Reached } from './machine.js';
import { scanProblem } from './problem.js';
import { requireProgram, timeoutOf } from './program.js';
import { type EndedProgram, programDetails, programScanner } from './program-scanner.js';
import type { FindingStream, Scanner, ScanServices } from './scanner.js';

/*
 * Scanners of web applications that are programs of this machine. Each may stand in for the other, so what they do lies
 * beside this file and not in the folder of one.
 */

/** A target of any of them as the configuration has it, validated there. */
export interface WebTarget {
  url: string;
  scope?: WebScope | undefined;
  modules?: string[] | undefined;
  maxScanTime?: string | undefined;
  program?: string | undefined;
  orElse?: string | undefined;
  wait?: string | undefined;
}

const WebScope = z.enum(['page', 'folder', 'domain', 'url']);
type WebScope = z.infer<typeof WebScope>;

export const WebDetails = z.strictObject({
  ...programDetails,
  /** Which of the programs it is. */
  tool: z.string(),
  url: z.string().min(1),
  scope: WebScope,
  /** Empty for a program without modules. */
  modules: z.array(z.string()),
  maxScanMs: z.number().int().positive().optional(),
});
export type WebDetails = z.infer<typeof WebDetails>;

/** One of the programs. */
export interface WebProgram {
  /** Equal to the name of its scanner. */
  tool: string;
  title: string;
  /** Names it has in PATH, the usual one first. */
  names: readonly string[];
  mend: string;
  /** The version and the modules of the program at this path. */
  ask(path: string, target: WebTarget, services: ScanServices): Promise<{ version: string; modules: string[] }>;
  call(details: WebDetails, folder: string): Pick<ProgramSpec, 'args' | 'env' | 'files'>;
  findings(ended: EndedProgram<WebDetails>, services: ScanServices): FindingStream;
  failure?(details: WebDetails, end: ProgramEnd): ScangateError | undefined;
  isFailure?(status: number): boolean;
}

/** The scanner of this name; the other programs stand in where its own is not installed and the target allows it. */
export function webScanner(own: WebProgram, others: readonly WebProgram[]): Scanner<WebTarget> {
  const programs = [own, ...others];
  const toolOf = ({ tool }: WebDetails): WebProgram => {
    const program = programs.find((one) => one.tool === tool);
    if (!program) throw new ScangateError('SCANGATE_STATE_UNREADABLE', `the plan names the unknown program ${tool}`);
    return program;
  };
  return programScanner<WebTarget, WebDetails>({
    name: own.tool,
    details: WebDetails,
    plan: async (target, services) => {
      const { program, path } = await choose(own, others, target, services);
      const { version, modules } = await program.ask(path, target, services);
      const maxScanMs = target.maxScanTime === undefined ? undefined : readDuration(target.maxScanTime);
      return {
        subject: `web application ${target.url}`,
        details: {
          title: program.title,
          path,
          version,
          timeoutMs: timeoutOf(target.wait),
          tool: program.tool,
          // As the programs write it into their reports.
          url: new URL(target.url).href,
          scope: target.scope ?? 'folder',
          modules,
          ...(maxScanMs === undefined ? {} : { maxScanMs }),
        },
      };
    },
    beforeStart: requireAnswer,
    call: (details, folder) => ({ ...toolOf(details).call(details, folder), witness: details.url }),
    findings: (ended, services) => withWitness(toolOf(ended.details), ended, services),
    failure: (details, end) => toolOf(details).failure?.(details, end) ?? gone(details, end),
    isFailure: (status, details) => toolOf(details).isFailure?.(status) ?? true,
  });
}

async function choose(
  own: WebProgram,
  others: readonly WebProgram[],
  target: WebTarget,
  { machine, log }: ScanServices,
): Promise<{ program: WebProgram; path: string }> {
  const other = others.find(({ tool }) => tool === target.orElse);
  try {
    const path = await requireProgram(machine, target.program === undefined ? own.names : [target.program], own.mend);
    return { program: own, path };
  } catch (error) {
    const isMissing = error instanceof ScangateError && error.code === 'SCANGATE_PROGRAM_MISSING';
    if (!isMissing || !other) throw error;
    log(`${error.message}; ${other.title} stands in`);
    return { program: other, path: await requireProgram(machine, other.names, other.mend) };
  }
}

/** Why an address is of no use to a scanner; undefined when it is. */
function downReason(reached: Reached): string | undefined {
  if (!reached.answers) return reached.reason;
  return reached.status >= 500 ? `it answers with status ${reached.status}` : undefined;
}

const DOWN_MEND =
  'start the application before the scan and let it run until the end; check the address, the proxy and the certificate authorities of the gate';

async function requireAnswer({ url }: WebDetails, { machine }: ScanServices): Promise<void> {
  const reason = downReason(await machine.reach(url));
  if (reason === undefined) return;
  throw new ScangateError('SCANGATE_SCAN_NOTHING_REACHED', `${url} was down before the scan: ${reason}`, {
    mend: DOWN_MEND,
  });
}

/** A program that failed since its target was gone. */
function gone({ url, title }: WebDetails, { witness }: ProgramEnd): ScangateError | undefined {
  const reason = witness && downReason(witness);
  if (reason === undefined) return undefined;
  const message = `${url} was down after the scan, and ${title} failed: ${reason}`;
  return new ScangateError('SCANGATE_SCAN_INCOMPLETE', message, { mend: DOWN_MEND });
}

/** The program's findings, with what the address said after the end. */
async function* withWitness(
  program: WebProgram,
  ended: EndedProgram<WebDetails>,
  services: ScanServices,
): FindingStream {
  const statement = yield* program.findings(ended, services);
  return { ...statement, problems: [...witnessProblems(ended, statement), ...statement.problems] };
}

function witnessProblems({ details, end }: EndedProgram<WebDetails>, statement: ScanStatement): ScanProblem[] {
  const reason = end.witness === undefined ? 'nobody asked' : downReason(end.witness);
  if (reason === undefined) return [];
  const code = statement.evidence === undefined ? 'SCANGATE_SCAN_NOTHING_REACHED' : 'SCANGATE_SCAN_INCOMPLETE';
  return [scanProblem(code, `${details.url} was down after the scan: ${reason}`, DOWN_MEND)];
}
