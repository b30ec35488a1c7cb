import { ERRORS, ScangateError } from '../../../errors.js';
import type { ScanProblem, ScanStatement } from '../../../model/scan.js';
import type { FolderFile } from '../../machine.js';
import { listNames, scanProblem } from '../../problem.js';
import { howItEnded } from '../../program.js';
import { describeScans } from '../../qscanner-scans.js';
import type { FindingStream, ScanHandle, ScanServices } from '../../scanner.js';
import { detailsOf, type QScannerDetails } from './details.js';
import { answerOf } from './exit-status.js';
import { enriched, lookUp, qidsOf } from './knowledge.js';
import { performedProblems } from './performed.js';
import { type PlatformVerdict, platformVerdict } from './platform-verdict.js';
import { checkResultVersion } from './program.js';
import { foreignProblems, type ResultFacts, readFacts } from './result-facts.js';
import { type EndedRun, endedRun } from './runs.js';

/**
 * The findings of a scan: what the platform's policy says, the secrets and the malware of the result file, and the
 * vulnerabilities of the SARIF report. Both files must be there, whatever the exit status.
 */
export async function* collectFindings({ plan }: ScanHandle, services: ScanServices): FindingStream {
  const details = detailsOf(plan);
  const run = await endedRun(plan, services.machine);
  const verdict = platformVerdict(answerOf(run.end, run.number), details, run.end);
  yield verdict.findings;
  try {
    return yield* readRun(run, details, verdict, services);
  } catch (error) {
    const isLasting = error instanceof ScangateError && ERRORS[error.code].exit === 'inconclusive';
    // A refusal of the platform stays one where its reports cannot be read.
    if (!isLasting || verdict.problems.length === 0) throw error;
    return {
      tool: { name: 'QScanner', version: details.version },
      state: verdict.state,
      problems: [...verdict.problems, scanProblem(error.code, error.message, error.mend)],
    };
  }
}

async function* readRun(
  run: EndedRun,
  details: QScannerDetails,
  verdict: PlatformVerdict,
  services: ScanServices,
): FindingStream {
  const { machine } = services;
  const files = await machine.files(run.name);
  const result = reportIn(files, '-ScanResult.json', run);
  const sarif = reportIn(files, '-Report.sarif.json', run);
  const facts = await readFacts(machine.open(run.name, result));
  checkResultVersion(facts.version, details.version);
  const vulnerabilities = (): FindingStream =>
    services.readReport('sarif', machine.open(run.name, sarif), { severitySource: details.severitySource });
  const known = await lookUp(await qidsOf(vulnerabilities()), services);
  const inventory = yield* services.readReport('qscanner', machine.open(run.name, result));
  const report = yield* enriched(vulnerabilities(), known);
  checkTool(report);
  return {
    tool: { name: 'QScanner', version: facts.version },
    subject: inventory.subject ?? report.subject,
    reference: facts.ids[0],
    startedAt: inventory.startedAt ?? timeOf(run.end.startedAtMs),
    finishedAt: inventory.finishedAt ?? timeOf(run.end.endedAtMs),
    state: verdict.state,
    evidence: evidenceOf(facts, report, details),
    problems: [
      ...verdict.problems,
      ...foreignProblems(facts, report, details, run),
      ...performedProblems(facts, details),
      ...reportProblems(report),
    ],
  };
}

const timeOf = (ms: number): string => new Date(ms).toISOString();

/** The one file with this ending. The name before it is that of the artefact. */
function reportIn(files: readonly FolderFile[], ending: string, { end }: EndedRun): string {
  const found = files.filter(({ path, bytes }) => path.endsWith(ending) && bytes > 0).map(({ path }) => path);
  const [path] = found;
  if (path !== undefined && found.length === 1) return path;
  if (path === undefined) {
    const there = files.length === 0 ? 'nothing' : listNames(files.map((file) => `${file.path} (${file.bytes} bytes)`));
    throw new ScangateError(
      'SCANGATE_PROGRAM_NO_REPORT',
      `QScanner wrote no *${ending}, only ${there}; it ended with ${howItEnded(end)}`,
    );
  }
  throw new ScangateError('SCANGATE_REPORT_AMBIGUOUS', `QScanner wrote several reports: ${listNames(found)}`, {
    mend: 'scan one artefact with one target',
  });
}

/** In the reports of others a severity means something else. */
function checkTool({ tool }: ScanStatement): void {
  if (/qscanner|qualys/i.test(tool.name)) return;
  throw new ScangateError('SCANGATE_REPORT_FOREIGN', `the SARIF report is of "${tool.name}", not of QScanner`, {
    mend: 'look what else writes into the folder of the scan',
  });
}

/** A report without a list of results says nothing, not even that there is none. */
function reportProblems({ evidence, problems }: ScanStatement): ScanProblem[] {
  if (evidence !== undefined) return problems;
  return [
    ...problems,
    scanProblem('SCANGATE_SCAN_NO_EVIDENCE', 'the SARIF report holds no run with a list of results'),
  ];
}

function evidenceOf({ version, scans }: ResultFacts, report: ScanStatement, details: QScannerDetails): string {
  const { leftOut, severitySource } = details;
  return [
    `QScanner ${version} performed ${scans.length === 0 ? 'no scan' : describeScans(scans)}`,
    report.evidence,
    severitySource === 'customer' ? 'severities are those of the subscription' : undefined,
    leftOut.length > 0 ? `left out by the configuration: ${leftOut.join(', ')}` : undefined,
  ]
    .filter((part) => part !== undefined)
    .join('; ');
}
