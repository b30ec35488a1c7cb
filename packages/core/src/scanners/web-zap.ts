import { ScangateError } from '../errors.js';
import type { ScanProblem } from '../model/scan.js';
import type { ProgramEnd, ProgramSpec } from './machine.js';
import { listNames, scanProblem } from './problem.js';
import { askVersion, linesOf, versionNumbers } from './program.js';
import { type EndedProgram, foreignProblems, readProgramReport } from './program-scanner.js';
import type { FindingStream, ScanServices } from './scanner.js';
import type { WebDetails, WebProgram } from './web-program.js';

const PLAN_FILE = 'zap-plan.yaml';
/** ZAP adds the ending. */
const REPORT_NAME = 'zap';
const REPORT_FILE = `${REPORT_NAME}.json`;
const OLDEST = 12;
const KNOWN = `2.${OLDEST} or newer, of major version 2`;
const MINUTE_MS = 60_000;

/** The plan reported no errors but warnings. */
const WARNED = 2;

/**
 * ZAP by a plan of its automation framework: status 0 without errors and warnings, 1 with errors, 2 with warnings.
 * https://www.zaproxy.org/docs/desktop/addons/automation-framework/ and .../cmdline/ (read 2026-11-23).
 */
export const zapProgram: WebProgram = {
  tool: 'zap',
  title: 'ZAP',
  names: ['zap.sh', 'zaproxy', 'zap'],
  mend: `install ZAP ${KNOWN} and put it in PATH, name its path as program in the target, or allow orElse: wapiti`,
  ask: async (path, _, services) => ({ version: await askZap(path, services), modules: [] }),
  call,
  findings,
  failure,
  isFailure: (status) => status !== WARNED,
};

const askZap = (path: string, services: ScanServices): Promise<string> =>
  askVersion(
    {
      title: 'ZAP',
      path,
      args: ['-cmd', '-version'],
      // The launcher tells of Java and memory before.
      read: (text) => linesOf(text).findLast((line) => /^(?:\d+\.\d+(?:\.\d+)*|D-\d{4}-\d\d-\d\d)$/.test(line)),
      isKnown: (version) => {
        const [major, minor] = versionNumbers(version) ?? [];
        return major === 2 && minor !== undefined && minor >= OLDEST;
      },
      known: KNOWN,
    },
    services,
  );

/** A home of its own: an earlier session stays out, and two scans do not wait for one another. */
function call(details: WebDetails, folder: string): Pick<ProgramSpec, 'args' | 'files'> {
  const args = ['-cmd', '-silent', '-dir', `${folder}/home`, '-autorun', `${folder}/${PLAN_FILE}`];
  // JSON is YAML, and needs no rules of its own for quoting.
  return { args, files: { [PLAN_FILE]: `${JSON.stringify(planOf(details, folder), null, 2)}\n` } };
}

/** Without `failOnError` the plan goes on after a target that is down, and writes a clean report. */
function planOf({ url, scope, maxScanMs }: WebDetails, folder: string): unknown {
  const context = 'scangate';
  const minutes = maxScanMs === undefined ? undefined : wholeMinutes(maxScanMs);
  return {
    env: {
      contexts: [{ name: context, urls: [url], includePaths: [includePath(url, scope)] }],
      parameters: { failOnError: true, failOnWarning: false, continueOnFailure: false, progressToStdout: true },
    },
    jobs: [
      { type: 'spider', parameters: { context, url } },
      { type: 'passiveScan-wait', parameters: {} },
      {
        type: 'activeScan',
        parameters: { context, ...(minutes === undefined ? {} : { maxScanDurationInMins: minutes }) },
      },
      { type: 'passiveScan-wait', parameters: {} },
      {
        type: 'report',
        parameters: {
          template: 'traditional-json',
          reportDir: folder,
          reportFile: REPORT_NAME,
          reportTitle: context,
          displayReport: false,
        },
      },
    ],
  };
}

const wholeMinutes = (ms: number): number => Math.ceil(ms / MINUTE_MS);

/** A regular expression of Java for everything in scope; it must match a whole address. */
function includePath(url: string, scope: WebDetails['scope']): string {
  const { origin, pathname } = new URL(url);
  if (scope === 'domain') return `${escaped(origin)}(?:[/?#].*)?`;
  return `${escaped(origin + pathname.slice(0, pathname.lastIndexOf('/') + 1))}.*`;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The spider says so, whatever else went wrong. */
const UNREACHED = /failed to access URL.*/;

function failure({ title, url }: WebDetails, { stdout, stderr }: ProgramEnd): ScangateError | undefined {
  const said = linesOf(`${stdout}\n${stderr}`).find((line) => UNREACHED.test(line));
  if (said === undefined) return undefined;
  return new ScangateError('SCANGATE_SCAN_NOTHING_REACHED', `${title} did not reach ${url}: ${said.slice(0, 300)}`);
}

async function* findings(ended: EndedProgram<WebDetails>, services: ScanServices): FindingStream {
  const { details, end } = ended;
  const statement = yield* readProgramReport(ended, REPORT_FILE, 'zap', services);
  const { origin } = new URL(details.url);
  const foreign = foreignProblems({
    title: details.title,
    subject: statement.subject,
    // The reader names the first sites and `...` for more.
    isSubject: (subject) => subject.split(', ').some((site) => site === origin || site === '...'),
    expected: origin,
    at: statement.finishedAt,
    startedAtMs: end.startedAtMs,
  });
  return { ...statement, problems: [...foreign, ...saidProblems(ended), ...statement.problems] };
}

function saidProblems({ details, end }: EndedProgram<WebDetails>): ScanProblem[] {
  const problems: ScanProblem[] = [];
  const lines = linesOf(`${end.stdout}\n${end.stderr}`);
  if (end.status === WARNED) {
    const after = lines.findIndex((line) => /automation plan warnings/i.test(line));
    const warnings = after < 0 ? [] : lines.slice(after + 1);
    const message = `the plan of ${details.title} had warnings: ${listNames(warnings) || 'it does not say which'}`;
    problems.push(scanProblem('SCANGATE_SCAN_INCOMPLETE', message));
  }
  const unreached = lines.find((line) => UNREACHED.test(line));
  if (unreached !== undefined) {
    problems.push(scanProblem('SCANGATE_SCAN_NOTHING_REACHED', `${details.title} says: ${unreached.slice(0, 300)}`));
  }
  const { maxScanMs } = details;
  if (maxScanMs !== undefined && activeScanMs(lines) >= wholeMinutes(maxScanMs) * MINUTE_MS) {
    const message = `${details.title} ended its active scan at the limit of maxScanTime`;
    problems.push(scanProblem('SCANGATE_SCAN_INCOMPLETE', message, 'allow a longer maxScanTime, or scan less'));
  }
  return problems;
}

/** Milliseconds; endless when ZAP does not tell, so that a limit is never passed over in silence. */
function activeScanMs(lines: readonly string[]): number {
  for (const line of lines) {
    const [, hours, minutes, seconds] = /^Job activeScan finished, time taken: (\d+):(\d\d):(\d\d)$/.exec(line) ?? [];
    if (hours !== undefined) return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  }
  return Number.POSITIVE_INFINITY;
}
