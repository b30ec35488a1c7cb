import type { ScanProblem, ScanStatement } from '../model/scan.js';
import type { ProgramEnd, ProgramSpec } from './machine.js';
import { counted, listNames, scanProblem } from './problem.js';
import { askVersion, linesOf, versionNumbers } from './program.js';
import { type EndedProgram, foreignProblems, readProgramReport } from './program-scanner.js';
import type { FindingStream, ScanServices } from './scanner.js';
import type { WebDetails, WebProgram, WebTarget } from './web-program.js';

const REPORT_FILE = 'wapiti.json';
const KNOWN = '3.0 to 3.x';
const LIST_MS = 60_000;

/**
 * Modules for a target that names none: no module that needs a host of somebody else (ssrf, xxe) or that changes more
 * than a form would. Time-based injection has two names, before and since 3.0.5: what a version lacks is left out.
 */
const MODULES = 'blindsql,timesql,cookieflags,csp,exec,file,http_headers,permanentxss,redirect,sql,xss'.split(',');
/** What every known version has. */
const CERTAIN_MODULES = 'cookieflags,csp,exec,file,http_headers,permanentxss,redirect,sql,xss'.split(',');

/** Messages are translated otherwise, and its banner needs more than ASCII. */
const ENVIRONMENT = { LANGUAGE: 'en', LC_ALL: 'C.UTF-8', PYTHONIOENCODING: 'utf-8', PYTHONUNBUFFERED: '1' };

/** Wapiti 3. Options: https://wapiti-scanner.github.io/ and the program itself, 3.0.4 (read 2026-11-23). */
export const wapitiProgram: WebProgram = {
  tool: 'wapiti',
  title: 'Wapiti',
  names: ['wapiti'],
  mend: `install Wapiti ${KNOWN} and put it in PATH, name its path as program in the target, or allow orElse: zap`,
  ask,
  call,
  findings,
};

async function ask(path: string, target: WebTarget, services: ScanServices) {
  const version = await askVersion(
    {
      title: 'Wapiti',
      path,
      args: ['--version'],
      env: ENVIRONMENT,
      read: (text) => /\bWapiti[ -]v?(\d\S*)/i.exec(text)?.[1],
      isKnown: (told) => versionNumbers(told)?.[0] === 3,
      known: KNOWN,
    },
    services,
  );
  return { version, modules: target.modules ?? (await defaultModules(path, services)) };
}

async function defaultModules(path: string, { machine, signal }: ScanServices): Promise<string[]> {
  const spec = { command: path, args: ['--list-modules'], env: ENVIRONMENT, timeoutMs: LIST_MS };
  const { stdout } = await machine.run(spec, signal);
  const there = new Set([...stdout.matchAll(/^\t(\w+)(?: |$)/gm)].map(([, name]) => name));
  const known = MODULES.filter((name) => there.has(name));
  return known.length >= CERTAIN_MODULES.length ? known : CERTAIN_MODULES;
}

function call(details: WebDetails, folder: string): Pick<ProgramSpec, 'args' | 'env'> {
  const { url, scope, modules, maxScanMs } = details;
  const args = [
    ...['--url', url, '--scope', scope, '--module', modules.join(',')],
    ...['--format', 'json', '--output', `${folder}/${REPORT_FILE}`],
    // A session of an earlier scan would be taken up, with what was found then.
    ...['--store-session', `${folder}/session`, '--store-config', `${folder}/config`, '--flush-session'],
    ...['--no-bugreport', '--verbose', '0'],
    ...(maxScanMs === undefined ? [] : ['--max-scan-time', String(Math.ceil(maxScanMs / 1_000))]),
  ];
  return { args, env: ENVIRONMENT };
}

async function* findings(ended: EndedProgram<WebDetails>, services: ScanServices): FindingStream {
  const { details, end } = ended;
  const statement = yield* readProgramReport(ended, REPORT_FILE, 'wapiti', services);
  const foreign = foreignProblems({
    title: details.title,
    subject: statement.subject,
    isSubject: (subject) => subject === details.url,
    expected: details.url,
    at: statement.startedAt,
    startedAtMs: end.startedAtMs,
  });
  const said = saidProblems(end, details);
  const reached = reachedBySaying(statement, end);
  return { ...statement, ...reached, problems: [...foreign, ...said, ...(reached?.problems ?? statement.problems)] };
}

/** What Wapiti says on the way and its report keeps to itself; it ends with status 0 all the same. */
const SAYINGS: readonly { pattern: RegExp; mend: string }[] = [
  {
    pattern: /(?:[1-9]\d* requests were skipped due to network issues)/,
    mend: 'look why the application stopped answering during the scan, and scan again',
  },
  { pattern: /Max (?:scan|attack) time was reached/, mend: 'allow a longer maxScanTime, or scan less' },
  {
    pattern: /Unable to find a module named .*|Could not find module .*|Missing dependencies for module .*/,
    mend: 'correct modules in the target; wapiti --list-modules tells what there is',
  },
  {
    pattern: /Attack process (?:was )?interrupted|Can't store informations in persister/,
    mend: 'let the scan finish, and look for a full disk',
  },
  {
    // The traceback of a module that broke; the others go on.
    pattern: /^File "[^"]*", line \d+.*/,
    mend: 'name modules without the one that broke, or take another version of Wapiti',
  },
];

function saidProblems({ stdout, stderr }: ProgramEnd, { title }: WebDetails): ScanProblem[] {
  const lines = linesOf(`${stdout}\n${stderr}`);
  return SAYINGS.flatMap(({ pattern, mend }) => {
    const said = [...new Set(lines.flatMap((line) => pattern.exec(line)?.[0] ?? []))];
    return said.length === 0
      ? []
      : [scanProblem('SCANGATE_SCAN_INCOMPLETE', `${title} says: ${listNames(said)}`, mend)];
  });
}

/** How many addresses it found, by its own words; undefined when they are not among the last that it printed. */
const foundCount = ({ stdout, stderr }: ProgramEnd): number | undefined => {
  const [, count] = /Wapiti found (\d+) URLs and forms/.exec(`${stdout}\n${stderr}`) ?? [];
  return count === undefined ? undefined : Number(count);
};

/** Before 3.2 a clean report looks like one of a target that was down. What Wapiti prints tells the two apart. */
function reachedBySaying(
  statement: ScanStatement,
  end: ProgramEnd,
): Pick<ScanStatement, 'evidence' | 'problems'> | undefined {
  const found = foundCount(end) ?? 0;
  if (statement.evidence !== undefined || found === 0) return undefined;
  const evidence = `Wapiti found ${counted(found, 'address or form', 'addresses and forms')}, and nothing wrong with them`;
  return { evidence, problems: statement.problems.filter(({ code }) => code !== 'SCANGATE_SCAN_NOTHING_REACHED') };
}
