// Judges a report without the command line: node judge.mjs REPORT
import { createReadStream } from 'node:fs';
import { compilePolicy, runGate } from '@scangate/core';
import { PolicyInput } from '@scangate/core/config';

const [report = 'trivy.json'] = process.argv.slice(2);

const policy = await compilePolicy(
  PolicyInput.parse({ rules: [{ name: 'nothing critical', select: { severity: { atLeast: 'critical' } }, max: 0 }] }),
  'judge.mjs',
);

const worst = [];
const { verdict } = await runGate({
  targets: [{ name: 'report', source: report, open: () => createReadStream(report) }],
  policy,
  toolVersion: 'example',
  ci: null,
  exitOnWarn: false,
  now: () => new Date(),
  onFinding: ({ finding, rules }) => {
    if (rules.length > 0) worst.push(finding.vulnerability.id);
  },
});

console.log(verdict.outcome, verdict.reasons.map(({ message }) => message).join('; '), worst.join(', '));
process.exitCode = verdict.exitCode;
