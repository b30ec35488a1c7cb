import type { RawFinding } from '../../../../src/model/finding.js';
import { sarif } from '../../../../src/scanners/report/sarif/index.js';
import { readAll } from '../../../../src/testing/describe-reader.js';

export type Json = Record<string, unknown>;

/** A run of QScanner: one rule with a severity on two packages, one rule without any. */
export const qualys = {
  runs: [
    {
      tool: {
        driver: {
          name: 'QScanner',
          rules: [
            {
              id: '990001',
              name: 'libdemo: overflow',
              properties: { severity: 4, customerSeverity: 3, qds: 71, 'cve-ids': ['CVE-2099-0001'] },
            },
            { id: '990002', properties: {} },
          ],
        },
      },
      results: [
        {
          ruleId: '990001',
          level: 'error',
          message: { text: 'libdemo is vulnerable' },
          properties: {
            QID: 990001,
            vulnerableSoftware: [
              { name: 'libdemo', installedVersion: '1.0', fixedVersion: '1.2', layerSHA: 'sha256:00' },
              { name: 'libdemo-dev', installedVersion: '1.0', fixedVersion: '' },
            ],
          },
        },
        { ruleId: '990002', level: 'error', message: { text: 'no severity' } },
      ],
      properties: { imageID: '0123', imageDigest: 'sha256:ab' },
    },
  ],
  version: '2.1.0',
};

/** Findings of one run with these results; members of the run stand before them. */
export const read = async (
  results: Json[],
  more: Json = {},
  driver: Json = {},
  tool: Json = {},
): Promise<RawFinding[]> => {
  const filled = results.map((result) => ({ message: { text: 'm' }, ...result }));
  const run = { tool: { driver: { name: 'Demo', ...driver }, ...tool }, ...more, results: filled };
  return (await readAll(sarif, JSON.stringify({ version: '2.1.0', runs: [run] }))).findings;
};

/** The finding of one result of the rule `r`. */
export const first = async (result: Json, more?: Json, driver?: Json, tool?: Json): Promise<RawFinding> =>
  (await read([{ ruleId: 'r', ...result }], more, driver, tool))[0] as RawFinding;
