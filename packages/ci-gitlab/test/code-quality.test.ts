import type { Location, Severity } from '@scangate/core/model';
import { describe, expect, it } from 'vitest';
import { codeQualityWriter } from '../src/code-quality.js';
import { repositoryPath } from '../src/path.js';
import { codeQualityReport, judged, type SeenEntry, textOf } from './support.js';

const at = (location: Location) => ({ location });

describe('code quality', () => {
  it('puts a finding on its file, and what has none on the file of the policy', async () => {
    const entries = codeQualityReport(
      await judged([
        at({ kind: 'file', path: './src\\a.ts', line: 7 }),
        at({ kind: 'package', name: 'a', path: 'package-lock.json' }),
        at({ kind: 'package', name: 'b', path: 'app/package-lock.json', layer: 'sha256:1' }),
        at({ kind: 'web', url: 'https://shop.example/' }),
        at({ kind: 'file', path: '../../etc/passwd', line: 3 }),
        at({ kind: 'none' }),
      ]),
    );
    expect(entries.map(({ location }) => [location.path, location.lines.begin])).toEqual([
      ['src/a.ts', 7],
      ['package-lock.json', 1],
      ['scangate.yml', 1],
      ['scangate.yml', 1],
      ['scangate.yml', 1],
      ['scangate.yml', 1],
    ]);
  });

  it.each([
    ['--fail-on', '.gitlab-ci.yml'],
    ['/etc/gate.yml', 'etc/gate.yml'],
    ['../gate.yml', '.gitlab-ci.yml'],
    ['gate/policy.yml', 'gate/policy.yml'],
  ])('of a policy from %s on %s', async (policySource, path) => {
    const [entry] = codeQualityReport(await judged([at({ kind: 'none' })], { policySource }));
    expect(entry?.location).toEqual({ path, lines: { begin: 1 } });
  });

  it('says each severity in a word of its own scale', async () => {
    const severities: Severity[] = ['critical', 'high', 'unknown', 'medium', 'low', 'info'];
    const rules = [{ name: 'a', select: { severity: 'critical' }, max: 9, missing: 'ignore' }];
    const entries = codeQualityReport(
      await judged(
        severities.map((severity, index) => ({ severity, location: { kind: 'file', path: `${index}` } })),
        { policy: { rules } },
      ),
    );
    expect(
      Object.fromEntries(entries.map(({ location, severity }) => [severities[Number(location.path)], severity])),
    ).toEqual({
      critical: 'blocker',
      high: 'critical',
      unknown: 'critical',
      medium: 'major',
      low: 'minor',
      info: 'info',
    });
  });

  it('gives two occurrences of one finding a fingerprint each: GitLab would show the second alone', async () => {
    const entries = codeQualityReport(await judged([1, 2, 3].map((line) => at({ kind: 'file', path: 'a.ts', line }))));
    expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });

  it('of a run that saw too little is not empty', async () => {
    const problem = { code: 'SCANGATE_SCAN_INCOMPLETE', message: 'half of it', mend: 'again' };
    const entries = codeQualityReport(await judged([], { statement: { problems: [problem, problem] } }));
    expect(entries.map(({ check_name, severity }) => [check_name, severity])).toEqual([
      ['scangate/SCANGATE_SCAN_INCOMPLETE', 'blocker'],
      ['scangate/SCANGATE_SCAN_INCOMPLETE', 'blocker'],
    ]);
    expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(2);
    expect(entries[0]?.description).toBe('INCONCLUSIVE SCANGATE_SCAN_INCOMPLETE: shop: half of it. Mend: again');
  });

  it('is empty when nothing counts', async () => {
    expect(codeQualityReport(await judged([{ kind: 'information' }, { ignored: { reason: 'x' } }]))).toEqual([]);
  });

  it('says what its limit takes away', async () => {
    const built = await judged(
      Array.from({ length: 9 }, (_, index) => ({
        severity: index === 8 ? 'critical' : 'low',
        location: { kind: 'file', path: `${index}` },
      })),
    );
    const writer = codeQualityWriter({ maxEntries: 3, maxBytes: 1_000_000 });
    const entries = JSON.parse(textOf(writer, built.findings, built.input)) as SeenEntry[];
    expect(entries.map(({ location, description }) => [location.path, description])).toEqual([
      ['8', expect.stringMatching(/^CRITICAL /)],
      ['0', expect.stringMatching(/^LOW /)],
      ['1', expect.stringMatching(/^LOW /)],
      ['scangate.yml', 'this report is limited; 6 findings left out, least severe first. All are in findings.ndjson'],
    ]);
  });
});

describe('repositoryPath', () => {
  it.each([
    ['a/b.ts', 'a/b.ts'],
    ['./a//b.ts', 'a/b.ts'],
    ['C:\\src\\a.ts', 'src/a.ts'],
    ['/work/a.ts', 'work/a.ts'],
    ['a/../b', undefined],
    ['https://shop.example/a', undefined],
    ['', undefined],
    ['./', undefined],
    ['\u001b[31ma\u0000b\n', 'ab'],
    ['x'.repeat(501), undefined],
  ])('of %j is %j', (path, expected) => {
    expect(repositoryPath(path)).toBe(expected);
  });
});
