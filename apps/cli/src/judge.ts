import { dirname } from 'node:path';
import {
  EXIT_CODES,
  type ExitName,
  type GateTarget,
  type Policy,
  type Redact,
  runGate,
  ScangateError,
} from '@scangate/core';
import type { CiAdapter, DeliveryInput } from '@scangate/core/ci';
import type { Config } from '@scangate/core/config';
import type { CiContext, Judgement, Reason } from '@scangate/core/model';
import { type ReportWriter, reporterOf, terminalText } from '@scangate/core/reporters';
import { detectCi, rivalsIn } from './ci-adapters.js';
import type { Context, Output } from './context.js';
import type { Options } from './options.js';
import { Secrets } from './secrets.js';
import { VERSION } from './version.js';

/** What a run that has scans under way adds to the judging. */
export interface Surroundings {
  secrets: Secrets;
  /** For what it says of the network; absent without a configuration file. */
  config?: Config | undefined;
  /** Called before anything is printed about the verdict. */
  beforeVerdict?(): void;
  /** Called when every file is in its place. */
  afterFiles?(): Promise<void>;
}

interface OpenReport {
  format: string;
  /** Where it is written. */
  path: string;
  writer: ReportWriter;
  assets: readonly { path: string; content: string }[];
}

/** Judges the targets, writes every report file, prints the verdict, and names the exit. */
export async function judgeTargets(
  context: Context,
  options: Options,
  policy: Policy,
  targets: readonly GateTarget[],
  surroundings: Surroundings = { secrets: new Secrets(context.env) },
): Promise<ExitName> {
  const { redact } = surroundings.secrets;
  const ci = detectCi(options.ci, context.env);
  const output = context.disk.openOutput('.');
  const create = { toolVersion: VERSION, ruleNames: policy.rules.map(({ name }) => name) };
  const own = (ci?.adapter.reports ?? []).map((reporter) => ({ reporter, path: undefined }));
  const reports: OpenReport[] = [...options.reports, ...own].map(({ reporter, path: given }) => {
    const { disk } = context;
    const path = given === undefined ? disk.resolve(options.out, reporter.fileName) : disk.resolve(given);
    const assets = (reporter.assets ?? []).map(({ fileName, content }) => ({
      path: disk.resolve(dirname(path), fileName),
      content,
    }));
    return { format: reporter.format, path, assets, writer: reporter.create(create) };
  });
  refuseSharedPaths(reports, targets);
  const print = (text: string): void => context.process.stdout.write(redact(text));
  try {
    output.clear(reports.map(({ path }) => path));
    // A report without a word is a file all the same: nobody has to guess whether it is missing or empty.
    for (const { path } of reports) output.append(path, '');
    const judgement = await runGate({
      targets,
      policy,
      toolVersion: VERSION,
      ci: ci?.context ?? null,
      exitOnWarn: options.exitOnWarn,
      now: context.now,
      interruption: context.interruption.exit,
      redact: surroundings.secrets.redactValue,
      onFinding: (judged) => {
        for (const { path, writer } of reports) {
          const text = writer.add?.(judged);
          if (text !== undefined) output.append(path, redact(text));
        }
      },
    });
    for (const { path, writer, assets } of reports) {
      for (const piece of writer.end(judgement)) output.append(path, redact(piece));
      for (const asset of assets) output.append(asset.path, asset.content);
    }
    surroundings.beforeVerdict?.();
    const delivered = deliver(context, options, judgement, reports, ci, output, redact, print);
    output.commit();
    // Messages may order the tool to take a file, so the files come first.
    if (delivered) print(delivered.stdout);
    await surroundings.afterFiles?.();
    printDiagnostics(context, judgement, redact);
    if (options.ci === 'auto') printRivals(context);
    if (ci && delivered) await publish(context, ci.adapter, delivered.input, surroundings);
    if (!options.quiet) print(`Files: ${reports.map(({ path }) => context.disk.shown(path)).join(', ')}\n`);
    return exitOfCode(judgement.verdict.exitCode);
  } finally {
    output.discard();
  }
}

/** Two reports in one file, or a report over the one that is to be judged: the second would be gone before it is read. */
function refuseSharedPaths(reports: readonly OpenReport[], targets: readonly GateTarget[]): void {
  const taken = new Map(
    targets.flatMap((target) => ('file' in target && target.file ? [[target.file, target.source]] : [])),
  );
  for (const { path, format } of reports) {
    const other = taken.get(path);
    if (other !== undefined) {
      throw new ScangateError('SCANGATE_CLI_USAGE', `the ${format} report would be written over ${other}`, {
        mend: 'give each --report a path of its own',
      });
    }
    taken.set(path, `the ${format} report`);
  }
}

function deliver(
  context: Context,
  options: Options,
  judgement: Judgement,
  reports: readonly OpenReport[],
  ci: { adapter: CiAdapter; context: CiContext } | undefined,
  output: Output,
  redact: Redact,
  print: (text: string) => void,
): { input: DeliveryInput; stdout: string } | undefined {
  const text = reporterOf('text')?.create({ toolVersion: VERSION, ruleNames: [] });
  const lines = [...(text?.end(judgement) ?? [])].join('');
  print(options.quiet ? `${lines.split('\n', 1)[0]}\n` : lines);
  if (!ci) return undefined;
  const written = reports.flatMap(({ format, path, assets }) =>
    [path, ...assets.map((asset) => asset.path)].map((file) => ({ format, path: context.disk.shown(file), file })),
  );
  const input = { ...judgement, context: ci.context, reports: written };
  const delivery = ci.adapter.deliver(input);
  for (const { name, content } of delivery.files)
    output.append(context.disk.resolve(options.out, name), redact(content));
  return { input, stdout: delivery.stdout };
}

/** Tells the CI tool's server. The verdict is on the disk: what goes wrong here is told, and changes nothing. */
async function publish(
  context: Context,
  adapter: CiAdapter,
  input: DeliveryInput,
  { secrets, config }: Surroundings,
): Promise<void> {
  if (!adapter.publish) return;
  const say = (text: string): void => context.process.stderr.write(`${terminalText(secrets.redact(text))}\n`);
  try {
    const { openCiServer } = await import('./ci-server.js');
    const server = openCiServer(context, config ?? { version: 1 }, secrets.redact);
    try {
      const line = await adapter.publish(input, server);
      if (line !== undefined) say(`scangate: ${line}`);
    } finally {
      await server.close();
    }
  } catch (error) {
    if (!(error instanceof ScangateError)) throw error;
    say(`scangate: ${adapter.name} could not be told: ${error.message} (${error.code}); mend: ${error.mend}`);
  }
}

/** One line for each thing that kept the gate from seeing, on standard error, where a log search finds it. */
function printDiagnostics({ process }: Context, { verdict }: Judgement, redact: Redact): void {
  const line = ({ message, code, mend }: Reason): string =>
    `scangate: inconclusive: ${message} (${code})${mend === undefined ? '' : `; mend: ${mend}`}`;
  for (const reason of verdict.reasons) {
    if (reason.outcome === 'inconclusive') process.stderr.write(`${redact(terminalText(line(reason)))}\n`);
  }
}

/** The verdict stands; it only is not shown in the tool's own words. */
function printRivals({ process, env }: Context): void {
  const rivals = rivalsIn(env);
  if (rivals.length === 0) return;
  process.stderr.write(`scangate: the environment is of ${rivals.join(' and ')}; say which with --ci TOOL\n`);
}

function exitOfCode(code: number): ExitName {
  const found = Object.entries(EXIT_CODES).find(([, value]) => value === code);
  return (found?.[0] ?? 'internal') as ExitName;
}
