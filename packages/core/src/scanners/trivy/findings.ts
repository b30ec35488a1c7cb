import { normalize } from 'node:path/posix';
import type { ScanStatement } from '../../model/scan.js';
import { counted } from '../problem.js';
import { linesOf } from '../program.js';
import { type EndedProgram, foreignProblems, readProgramReport } from '../program-scanner.js';
import type { FindingStream, ScanServices } from '../scanner.js';
import { REPORT_FILE } from './call.js';
import type { TrivyDetails } from './details.js';

/** The report's findings; with what shows that it is of this run. */
export async function* trivyFindings(ended: EndedProgram<TrivyDetails>, services: ScanServices): FindingStream {
  const { details, end } = ended;
  const statement = yield* readProgramReport(ended, REPORT_FILE, 'trivy', services);
  const foreign = foreignProblems({
    title: details.title,
    subject: statement.subject,
    isSubject: (subject) => plain(subject) === plain(details.artifact),
    expected: details.artifact,
    at: statement.finishedAt,
    startedAtMs: end.startedAtMs,
  });
  const evidence = statement.evidence ?? (foreign.length > 0 ? undefined : await secretEvidence(ended, services));
  return { ...statement, evidence, problems: [...foreign, ...statement.problems] } satisfies ScanStatement;
}

/** Trivy writes paths as it was given them, without what a path does not need. */
const plain = (path: string): string => normalize(path.replaceAll('\\', '/')).replace(/\/$/, '');

/**
 * A report without a secret looks like one of nothing. That Trivy says it looked for secrets, ended well, and had files
 * before it, is the evidence of such a scan.
 */
async function secretEvidence(
  { details, end }: EndedProgram<TrivyDetails>,
  { machine }: ScanServices,
): Promise<string | undefined> {
  const { kind, scanners, artifact } = details;
  const isAsked = kind === 'filesystem' && scanners.length === 1 && scanners[0] === 'secret';
  if (!isAsked || !linesOf(end.stderr).some((line) => line.includes('Secret scanning is enabled'))) return undefined;
  let files = 0;
  for await (const entry of machine.list(artifact)) if (entry.kind === 'file') files++;
  const where = `${counted(files, 'file')} ${files === 1 ? 'is' : 'are'}`;
  return files > 0 ? `Trivy looked for secrets below ${artifact}, where ${where}` : undefined;
}
