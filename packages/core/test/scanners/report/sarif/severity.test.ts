import { describe, expect, it } from 'vitest';
import { sarif } from '../../../../src/scanners/report/sarif/index.js';
import { readAll } from '../../../../src/testing/describe-reader.js';
import { first, type Json, qualys, read } from './logs.js';

describe('severity of a SARIF result', () => {
  const of = async (members: Json, ruleMembers: Json = {}): Promise<[string, string | undefined]> => {
    const { severity, vendorSeverity } = await first(members, {}, { rules: [{ id: 'r', ...ruleMembers }] });
    return [severity, vendorSeverity];
  };

  it('takes security-severity by the CVSS bands, of the result before the rule', async () => {
    const scores = [
      ['9.0', 'critical'],
      ['8.9', 'high'],
      ['7.0', 'high'],
      ['6.9', 'medium'],
      ['3.9', 'low'],
      ['0.1', 'low'],
      ['0.0', 'info'],
      ['10.1', 'unknown'],
      ['-1', 'unknown'],
      ['big', 'unknown'],
    ];
    for (const [score, severity] of scores) {
      expect(await of({ level: 'note' }, { properties: { 'security-severity': score } })).toEqual([severity, score]);
    }
    expect(
      await of({ properties: { 'security-severity': 9.1 } }, { properties: { 'security-severity': '2.0' } }),
    ).toEqual(['critical', '9.1']);
    expect(await of({}, { properties: { 'security-severity': '0.0', tags: ['UNKNOWN'] } })).toEqual(['unknown', '0.0']);
  });

  it("takes the tool's own word next, and never guesses one it does not know", async () => {
    expect(await of({ properties: { severity: 'Critical' } })).toEqual(['critical', 'Critical']);
    expect(await of({}, { properties: { 'problem.severity': 'recommendation' } })).toEqual(['low', 'recommendation']);
    expect(await of({ level: 'error', properties: { severity: 'style' } })).toEqual(['unknown', 'style']);
    expect(await of({ level: 'error', properties: { severity: { is: 'high' } } })).toEqual([
      'unknown',
      '{"is":"high"}',
    ]);
  });

  it('falls back on the level of the result, the invocation, the rule, and on warning', async () => {
    expect(await of({ level: 'error' }, { defaultConfiguration: { level: 'note' } })).toEqual(['high', 'error']);
    expect(await of({}, { defaultConfiguration: { level: 'note' } })).toEqual(['low', 'note']);
    expect(await of({})).toEqual(['medium', 'warning']);
    expect(await of({ level: 'none' })).toEqual(['info', 'none']);
    expect(await of({ level: 'fatal' })).toEqual(['unknown', 'fatal']);
    const invocations = [
      {
        executionSuccessful: true,
        ruleConfigurationOverrides: [{ descriptor: { id: 'r' }, configuration: { level: 'error' } }],
      },
    ];
    const overridden = { ruleId: 'r', message: { text: 'm' }, provenance: { invocationIndex: 0 } };
    expect((await read([overridden], { invocations }))[0]?.severity).toBe('high');
    const late = JSON.stringify({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'Demo' } }, results: [overridden], invocations }],
    });
    expect((await readAll(sarif, late)).findings[0]?.severity).toBe('high');
  });

  it('reads the other kinds of results', async () => {
    const kinds = ['pass', 'notApplicable', 'fail', 'open', 'review', 'informational'].map((kind) => ({
      ruleId: 'r',
      kind,
      message: { text: 'm' },
    }));
    expect((await read(kinds)).map(({ kind, severity }) => [kind, severity])).toEqual([
      ['confirmed', 'medium'],
      ['potential', 'unknown'],
      ['potential', 'unknown'],
      ['information', 'info'],
    ]);
  });
});

describe('QScanner', () => {
  const severities = async (report: unknown, severitySource?: 'vendor' | 'customer') =>
    (await readAll(sarif, JSON.stringify(report), { severitySource })).findings.map(({ severity, vendorSeverity }) => [
      severity,
      vendorSeverity,
    ]);

  it('keeps 4 and 5 apart and never reads a severity off the level', async () => {
    expect(await severities(qualys)).toEqual([
      ['high', '4'],
      ['high', '4'],
      ['unknown', undefined],
    ]);
    expect(await severities(JSON.parse(JSON.stringify(qualys).replace('"severity":4', '"severity":5')))).toEqual([
      ['critical', '5'],
      ['critical', '5'],
      ['unknown', undefined],
    ]);
  });

  it("takes the subscription's own severity when it is asked to", async () => {
    expect(await severities(qualys, 'customer')).toEqual([
      ['medium', '3'],
      ['medium', '3'],
      ['unknown', undefined],
    ]);
  });

  it('gives one finding for each software, with QID, CVE, QDS, layer and fix', async () => {
    const { findings, statement } = await readAll(sarif, JSON.stringify(qualys));
    expect(findings[0]).toEqual({
      vulnerability: { source: 'qualys', id: '990001', title: 'libdemo: overflow', aliases: ['CVE-2099-0001'] },
      kind: 'confirmed',
      severity: 'high',
      vendorSeverity: '4',
      qds: 71,
      fix: { available: true, version: '1.2' },
      location: { kind: 'package', name: 'libdemo', version: '1.0', layer: 'sha256:00' },
      evidence: 'libdemo is vulnerable',
      remediation: 'Update libdemo to 1.2.',
    });
    expect(findings[1]).toMatchObject({ fix: { available: false }, location: { name: 'libdemo-dev' } });
    expect(findings[2]).toMatchObject({ vulnerability: { id: '990002' }, location: { kind: 'none' } });
    expect(findings[2]?.vulnerability.aliases).toBeUndefined();
    expect(statement.subject).toBe('sha256:ab');
  });
});
