import type { ExitName } from './exit-code.js';

interface ErrorMeaning {
  exit: ExitName;
  /** When it happens, for the manual. */
  when: string;
  /** What the reader can do about it. A throw site may give a more exact one. */
  mend: string;
}

const inconclusive = (when: string, mend: string): ErrorMeaning => ({ exit: 'inconclusive', when, mend });
const usage = (when: string, mend: string): ErrorMeaning => ({ exit: 'usage', when, mend });
const temporary = (when: string, mend: string): ErrorMeaning => ({ exit: 'temporary', when, mend });
const refused = (when: string, mend: string): ErrorMeaning => ({ exit: 'refused', when, mend });

/** Every error a user can meet: stable code, exit, cause and mend. The manual's table is made from it. */
export const ERRORS = {
  SCANGATE_REPORT_MISSING: inconclusive(
    'the report file does not exist',
    'check that the scanner step ran before this one and wrote to this path',
  ),
  SCANGATE_REPORT_UNREADABLE: inconclusive(
    'the report file cannot be opened or read',
    'give the user that runs the build read permission on the file',
  ),
  SCANGATE_REPORT_DIRECTORY: inconclusive('the path is a directory, not a report file', 'name the file inside it'),
  SCANGATE_REPORT_EMPTY: inconclusive(
    'the report is empty',
    'look at the log of the scanner step: it wrote nothing, so nothing was seen',
  ),
  SCANGATE_REPORT_BINARY: inconclusive(
    'the report is not text',
    'give the scanner a text format such as json or xml, and unpack archives first',
  ),
  SCANGATE_REPORT_ENCODING: inconclusive(
    'the text encoding of the report is broken or not supported',
    'write the report as UTF-8',
  ),
  SCANGATE_REPORT_FOREIGN: inconclusive(
    'the content is of no format that is known here',
    'name the format as format=path, or give the scanner one of the supported formats',
  ),
  SCANGATE_REPORT_AMBIGUOUS: inconclusive('the content fits several formats', 'name the format as format=path'),
  SCANGATE_REPORT_TRUNCATED: inconclusive(
    'the report ends in the middle',
    'let the scanner finish before the gate starts, and look for a full disk or a killed process',
  ),
  SCANGATE_REPORT_MALFORMED: inconclusive(
    'the report is not well formed',
    'look at the scanner step: two writers on one file, log lines mixed into it, or an edit by hand',
  ),
  SCANGATE_REPORT_SHAPE: inconclusive(
    'a part of the report has a form that the reader does not know',
    'check the version of the scanner; open an issue with this message and a shortened report',
  ),
  SCANGATE_REPORT_VERSION: inconclusive(
    'the report has a version that the reader does not know',
    'write the report in a supported version',
  ),
  SCANGATE_SCAN_NO_EVIDENCE: inconclusive(
    'nothing was found and nothing in the report shows that a scan took place',
    'check that the scanner had something to look at: targets, lock files, a reachable address',
  ),
  SCANGATE_SCAN_NOTHING_REACHED: inconclusive(
    'the scan reached nothing',
    'check that the target was up and reachable from the scanner during the scan',
  ),
  SCANGATE_SCAN_INCOMPLETE: inconclusive(
    'the scan did not see everything',
    'let the scan finish, or set policy.onIncomplete when a partial view is good enough',
  ),
  SCANGATE_SCAN_FAILED: inconclusive('the scan ended with an error', 'read the scanner log and scan again'),
  SCANGATE_SCAN_CANCELLED: inconclusive('the scan was cancelled', 'scan again and let it finish'),
  SCANGATE_SCAN_AUTH_FAILED: inconclusive(
    'the scanner could not log in to the target',
    'correct the credentials of the authentication record and scan again',
  ),
  SCANGATE_SCAN_COUNT_MISMATCH: inconclusive(
    "the report's own counters disagree with its lists",
    'write the report again without filters; what a filter hides cannot be judged',
  ),
  SCANGATE_SCAN_UNKNOWN_STATE: inconclusive(
    'the scan is in a state that is not known here',
    'wait for the scan to end, or open an issue that names this state',
  ),
  SCANGATE_SCAN_PARSING_ERRORS: inconclusive(
    'the scanner could not parse some of its inputs',
    'mend or exclude the files it names; what was not parsed was not checked',
  ),
  SCANGATE_SCAN_TIMEOUT: {
    exit: 'timeout',
    when: 'the scan did not end within the wait limit',
    mend: 'collect it later with scangate collect, or allow a longer wait',
  },
  SCANGATE_SCAN_INTERRUPTED: {
    exit: 'interrupted',
    when: 'the process was told to end before the scan was judged',
    mend: 'run the step again',
  },
  SCANGATE_SCAN_LOST_LAUNCH: temporary(
    'nobody knows whether the scan was started: the answer to the launch was lost and no scan of this name is found',
    'run the step again with the same state folder: it looks for the scan before it starts one',
  ),
  SCANGATE_SCAN_GONE: inconclusive(
    'the platform no longer knows the scan',
    'look whether somebody deleted it, remove the state file of the target and scan again',
  ),
  SCANGATE_SCAN_STALE: inconclusive(
    'what is known of the target is older than the configuration allows',
    'let the target be scanned again, or allow a greater maxAge',
  ),
  SCANGATE_SCAN_UNKNOWN_TARGET: inconclusive(
    'the platform does not know the target, so nothing is known of it',
    'let the platform see it first: push and scan the image, or install the agent',
  ),
  SCANGATE_SCAN_DENIED: {
    exit: 'fail',
    when: 'the policy of the platform refuses the target',
    mend: 'mend what the policy names, or change the policy on the platform',
  },
  SCANGATE_SCAN_AUDITED: {
    exit: 'warn',
    when: 'the policy of the platform gave no verdict, which the configuration takes for a warning',
    mend: 'bind a policy to the pipeline on the platform',
  },
  SCANGATE_SCAN_UNDECIDED: inconclusive(
    'the policy of the platform was asked for and gave no verdict',
    'bind a policy to the pipeline on the platform, or say in the target what this means',
  ),
  SCANGATE_PROGRAM_MISSING: inconclusive(
    'the program of the scanner is not there or cannot be started',
    'install it and put it in PATH, or name its path in the target',
  ),
  SCANGATE_PROGRAM_VERSION: inconclusive(
    'the program of the scanner has a version that is not known to work',
    'install a version that the message names',
  ),
  SCANGATE_PROGRAM_FAILED: inconclusive(
    'the program of the scanner ended with an error',
    'read what it printed, mend the cause and scan again',
  ),
  SCANGATE_PROGRAM_NO_REPORT: inconclusive(
    'the program of the scanner ended without writing its report',
    'read what it printed; a scan without a report says nothing',
  ),
  SCANGATE_PROGRAM_UNVERIFIED: inconclusive(
    'the downloaded program does not have the checksum that was pinned',
    'compare the checksum with the one that the vendor publishes; nothing was executed',
  ),
  SCANGATE_TARGET_FILES: inconclusive(
    'files of the target cannot be read or are not of a kind that can be scanned',
    'correct the path in the target, or what lies there',
  ),
  SCANGATE_STATE_MISSING: inconclusive(
    'there is no scan to collect',
    'run scangate start first, and bring its state folder along with --state',
  ),
  SCANGATE_STATE_UNREADABLE: inconclusive(
    'the state file of a target is damaged, or of another version',
    'make sure that no scan of the target runs, remove the file and start again',
  ),
  SCANGATE_STATE_FOREIGN: inconclusive(
    'the state file of a target is about another scan than the configuration asks for',
    'collect that scan with the configuration it was started with, or remove the file and start again',
  ),
  SCANGATE_STATE_UNWRITABLE: usage(
    'the state folder cannot be written, so no scan was started',
    'choose another folder with --state',
  ),
  SCANGATE_HTTP_UNREACHABLE: temporary(
    'a server cannot be reached',
    'check the address, the name service and the firewall; behind a proxy set HTTPS_PROXY and NO_PROXY',
  ),
  SCANGATE_HTTP_TIMEOUT: temporary(
    'a server did not answer in time',
    'run the step again; when it keeps happening, look at the proxy and the network of the build agent',
  ),
  SCANGATE_HTTP_TLS: temporary(
    'no trusted TLS connection came about',
    "add the company's CA certificate to the configuration; verification cannot be turned off",
  ),
  SCANGATE_HTTP_PROXY: temporary(
    'the proxy refused to connect',
    'check the address and the credentials in HTTPS_PROXY, and whether the proxy allows this host',
  ),
  SCANGATE_HTTP_CUT: temporary(
    'the connection broke before the answer was whole',
    'run the step again; when it keeps happening, look at the proxy and the network of the build agent',
  ),
  SCANGATE_HTTP_TOO_LARGE: inconclusive(
    'an answer is larger than what is accepted',
    'ask for smaller pages; when the size makes no sense, look for what stands between here and the server',
  ),
  SCANGATE_HTTP_ORIGIN: inconclusive(
    'an answer points to another server, which is not followed',
    'check the configured addresses of the platform and what rewrites its answers on the way',
  ),
  SCANGATE_HTTP_SETTINGS: usage(
    'a proxy, certificate or address setting cannot be used',
    'correct the setting that the message names',
  ),
  SCANGATE_QUALYS_PLATFORM: usage(
    'the Qualys platform is not named, or not known',
    'set platform.qualys.pod, or platform.qualys.urls for a private platform',
  ),
  SCANGATE_QUALYS_CREDENTIALS: usage(
    'credentials of the Qualys platform are missing or ambiguous',
    'set SCANGATE_QUALYS_USERNAME and _PASSWORD, or SCANGATE_QUALYS_CLIENT_ID and _CLIENT_SECRET, or SCANGATE_QUALYS_TOKEN',
  ),
  SCANGATE_QUALYS_REFUSED: refused(
    'the Qualys platform refused the credentials, or the user may not do this',
    'check the credentials, the API access and the permissions of the user, and the modules of the subscription',
  ),
  SCANGATE_QUALYS_LIMITED: temporary(
    'the call limit of the Qualys subscription is used up for longer than there is time',
    'run the step later, allow a longer wait, or spread the pipelines that share the subscription',
  ),
  SCANGATE_QUALYS_UNAVAILABLE: temporary(
    'the Qualys platform is down or under maintenance',
    'run the step later; the status page of the platform tells about maintenance',
  ),
  SCANGATE_QUALYS_REQUEST: inconclusive(
    'the Qualys platform did not accept a request',
    'read the reason of the platform in the message; for an API version that has ended, set another one',
  ),
  SCANGATE_QUALYS_ANSWER: inconclusive(
    'an answer of the Qualys platform is incomplete, contradicts itself or has an unknown form',
    'run the step again; when it keeps happening, open an issue with this message',
  ),
  SCANGATE_QUALYS_NOT_FOUND: usage(
    'the Qualys platform has nothing with this id or name, or the user may not see it',
    'correct the id or name; names are compared exactly',
  ),
  SCANGATE_QUALYS_AMBIGUOUS: usage(
    'the Qualys platform has several things with this name',
    'give the id instead of the name',
  ),
  SCANGATE_CLI_USAGE: usage('a flag or argument is wrong', 'see scangate --help'),
  SCANGATE_CONFIG_MISSING: usage('the configuration file does not exist', 'name it with --config, or use --fail-on'),
  SCANGATE_CONFIG_SYNTAX: usage('the configuration is not valid YAML', 'correct the line'),
  SCANGATE_CONFIG_INVALID: usage(
    'the configuration breaks the schema',
    'correct the key; scangate schema prints all of them',
  ),
  SCANGATE_CONFIG_SECRET: usage(
    'a secret stands in the configuration file',
    'take it out, change it where it is valid, and pass it by environment or file',
  ),
  SCANGATE_POLICY_MISSING: usage(
    'there is no rule to judge by',
    'add policy.rules to the configuration, or give --fail-on SEVERITY',
  ),
  SCANGATE_POLICY_EXPRESSION: usage('an expression of the policy cannot be compiled', 'correct the CEL expression'),
  SCANGATE_OUTPUT_UNWRITABLE: usage('a report file cannot be written', 'choose another folder with --out'),
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof ERRORS;

/** An expected failure: stable code, cause, mend. Anything else that is thrown is a bug of ours (exit 70). */
export class ScangateError extends Error {
  override readonly name = 'ScangateError';
  readonly mend: string;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { mend?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.mend = options.mend ?? ERRORS[code].mend;
  }
}

/** The text received, cut to a safe length for a message. */
export function excerpt(text: string, maxChars = 60): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > maxChars ? `${line.slice(0, maxChars)}...` : line;
}
