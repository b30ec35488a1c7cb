import { describe, expect, it } from 'vitest';
import { ScangateError } from '../errors.js';
import type { RawFinding } from '../model/finding.js';
import { FINDING_KINDS } from '../model/kinds.js';
import type { ScanStatement } from '../model/scan.js';
import { peekHead, READERS, recogniseReport } from '../scanners/report/index.js';
import type { ReportInput, ReportReader } from '../scanners/report/reader.js';

export interface ReadResult {
  findings: RawFinding[];
  statement: ScanStatement;
}

/** Cuts the bytes into chunks of one size, as a disk or a pipe would. */
export async function* inChunks(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Reads a whole report in memory. Throws what the reader throws. */
export async function readAll(
  reader: ReportReader,
  report: string | Uint8Array,
  options: { chunkSize?: number } & Pick<ReportInput, 'severitySource'> = {},
): Promise<ReadResult> {
  const bytes = typeof report === 'string' ? Buffer.from(report) : report;
  const { head, chunks } = await peekHead(inChunks(bytes, options.chunkSize));
  const run = reader.read({ head, chunks, severitySource: options.severitySource });
  const findings: RawFinding[] = [];
  for (;;) {
    const step = await run.next();
    if (step.done) return { findings, statement: step.value };
    findings.push(...step.value);
  }
}

export interface ReaderSample {
  name: string;
  report: string;
  /** Findings expected: every occurrence counts. */
  count: number;
  /** Expected findings in whole, where the sample is small enough to write them out. */
  findings?: RawFinding[];
  /** Whether the report itself shows that a scan took place. Default true. */
  hasEvidence?: boolean;
  /** Codes of the problems in the statement. Default none. */
  problems?: string[];
}

export interface ReaderContract {
  samples: ReaderSample[];
  /** The first sample with one severity word or number changed to one that nobody knows. Absent for formats without severities. */
  unknownSeverity?: string;
  /** Variants of a sample in which a part has a type that the format does not allow. Each must be refused. */
  wrongTypes: { name: string; report: string }[];
  /** Whether an end that is cut can be told from a whole report. False only for line formats without an end mark. */
  detectsTruncation?: boolean;
}

const errorCode = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'no error';
  } catch (error) {
    if (error instanceof ScangateError) return error.code;
    throw error;
  }
};

/** The contract of a report reader, run over every member of the registry. */
export function describeReader(reader: ReportReader, contract: ReaderContract): void {
  const { samples, wrongTypes, unknownSeverity, detectsTruncation = true } = contract;
  const [first] = samples as [ReaderSample];

  describe(`reader ${reader.format}`, () => {
    it('stands in the registry', () => {
      expect(READERS).toContain(reader);
    });

    for (const sample of samples) {
      it(`recognises and reads: ${sample.name}`, async () => {
        const { head } = await peekHead(inChunks(Buffer.from(sample.report)));
        expect(recogniseReport(head).format).toBe(reader.format);
        const { findings, statement } = await readAll(reader, sample.report);
        expect(findings).toHaveLength(sample.count);
        expect(statement.problems.map(({ code }) => code)).toEqual(sample.problems ?? []);
        expect(statement.evidence !== undefined).toBe(sample.hasEvidence ?? true);
        if (sample.findings) expect(findings).toEqual(sample.findings);
      });

      it(`gives the same findings whatever the size of the chunks: ${sample.name}`, async () => {
        const whole = await readAll(reader, sample.report);
        for (const chunkSize of [1, 7, 64, 1021]) {
          expect(await readAll(reader, sample.report, { chunkSize })).toEqual(whole);
        }
      });
    }

    it('carries only fields of the model, with texts where texts belong', async () => {
      for (const sample of samples) {
        for (const finding of (await readAll(reader, sample.report)).findings) {
          expect(FINDING_KINDS).toContain(finding.kind);
          expect(finding.vulnerability.id).not.toBe('');
          expect(finding.vulnerability.title).not.toBe('');
          expect(finding.vulnerability.source).not.toBe('');
        }
      }
    });

    it('refuses an empty report', async () => {
      expect(await errorCode(readAll(reader, ''))).toBe('SCANGATE_REPORT_EMPTY');
      expect(await errorCode(readAll(reader, ' \n\t '))).toBe('SCANGATE_REPORT_EMPTY');
    });

    if (detectsTruncation) {
      it('refuses a report that ends in the middle, wherever it is cut', async () => {
        for (const { report } of samples) {
          const text = report.trimEnd();
          const cuts = new Set([0.1, 0.25, 0.5, 0.75, 0.9, 0.99].map((part) => Math.floor(text.length * part)));
          for (const cut of [...cuts, text.length - 1].filter((at) => at > 0)) {
            const code = await errorCode(readAll(reader, text.slice(0, cut)));
            expect(code, `cut at ${cut} of ${text.length}`).toMatch(
              /^SCANGATE_REPORT_(TRUNCATED|MALFORMED|EMPTY|SHAPE|BINARY)$/,
            );
          }
        }
      });
    }

    it('refuses text after the end', async () => {
      if (!detectsTruncation) return;
      for (const { report } of samples) {
        expect(await errorCode(readAll(reader, `${report.trimEnd()}\n{"another":"document"}`))).toMatch(
          /^SCANGATE_REPORT_/,
        );
      }
    });

    if (unknownSeverity !== undefined) {
      it('keeps an unknown severity as unknown, never dropped or guessed', async () => {
        const { findings } = await readAll(reader, unknownSeverity);
        expect(findings).toHaveLength(first.count);
        expect(findings.filter(({ severity }) => severity === 'unknown').length).toBeGreaterThan(0);
      });
    }

    for (const { name, report } of wrongTypes) {
      it(`refuses wrong types: ${name}`, async () => {
        expect(await errorCode(readAll(reader, report))).toMatch(/^SCANGATE_REPORT_(SHAPE|MALFORMED|VERSION)$/);
      });
    }
  });
}
