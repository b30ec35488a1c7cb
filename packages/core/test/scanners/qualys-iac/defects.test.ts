import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/index.js';
import { qualysIac } from '../../../src/scanners/qualys-iac/index.js';
import { buildStage, MISHAPS } from '../../../src/testing/index.js';
import { errorOf } from '../../support/local-server.js';
import { check, checked, IacPlatform, infra, machineWith } from './platform.js';
import { codesOf, planFor, scanned, staged } from './support.js';

/*
 * The defects of the vendor's own plugin for Jenkins and of its action for GitHub, one test each: the situation goes in,
 * and what they do not do comes out.
 */

const BUCKET = 'resource "aws_s3_bucket" "logs" {\n  acl = "public-read"\n}\n';

describe('defects of the plugin for Jenkins', () => {
  it.each([
    'a cut connection',
    'status 500',
    'an empty answer',
    'a web page with status 200',
    'an answer that is not well formed',
  ])('I-1: %s after FINISHED ends with an error, never with what was read so far', async (name) => {
    const { stage, collect } = await staged();
    stage.mishap = MISHAPS[name];
    expect(await errorOf(collect())).toMatchObject({ code: expect.stringMatching(/^SCANGATE_(QUALYS|HTTP)_/) });
  });

  it('I-1: a result that breaks off is asked for again, and then it is an error', async () => {
    const { stage, platform, collect } = await staged();
    const answer = platform.answer.bind(platform);
    platform.answer = (request) =>
      request.path.endsWith('/scanResult') ? answer(request)?.slice(0, -20) : answer(request);
    const before = stage.requests.length;
    expect(await errorOf(collect())).toMatchObject({ code: 'SCANGATE_QUALYS_ANSWER' });
    expect(stage.requests.length - before).toBe(4);
  });

  it('I-2: a template that cannot be parsed makes the scan incomplete, beside what was found', async () => {
    const files = { 'infra/main.tf': BUCKET, 'infra/net/broken.tf': 'resource "x" "y" {' };
    const { findings, statement } = await scanned({ files });
    expect(findings.map(({ vulnerability }) => vulnerability.id)).toEqual(['9101', '9102']);
    expect(statement.problems).toEqual([
      {
        code: 'SCANGATE_SCAN_PARSING_ERRORS',
        message: 'Terraform: 1 file could not be parsed: /net/broken.tf',
        mend: 'mend or exclude the files it names; what was not parsed was not checked',
      },
    ]);
  });

  it('I-2: a counter of parsing errors without a list counts as well', async () => {
    const { summary } = checked([]) as { summary: object };
    const { collect } = await staged({ result: [checked([], { summary: { ...summary, parsingErrors: 3 } })] });
    expect(codesOf(await collect())).toEqual(['SCANGATE_SCAN_PARSING_ERRORS']);
  });

  it('I-3: the templates are read on the machine that runs the gate, and nowhere else', async () => {
    const { bench } = await scanned({ files: { 'infra/main.tf': BUCKET, 'infra/b/x.json': '{}', 'other/y.tf': '' } });
    expect((await bench.door()).iacScans.map(({ files }) => files)).toEqual([['b/x.json', 'main.tf']]);
  });

  it('I-4: nothing waits inside the launch, and an abort ends a call at once', async () => {
    const platform = new IacPlatform();
    const stage = buildStage((request) => platform.answer(request), infra());
    const abort = new AbortController();
    const services = { ...stage.services, signal: abort.signal };
    const handle = await qualysIac.launch(await planFor({}, infra()), services);
    expect(stage.requests.map(({ path }) => path)).toEqual(['/auth', '/cloudview-api/rest/v1/iac/scan']);
    abort.abort(new Error('the pipeline was aborted'));
    await expect(qualysIac.progress([handle], services)).rejects.toThrow('the pipeline was aborted');
  });

  it.each([
    ['status 400', 'SCANGATE_QUALYS_REQUEST'],
    ['status 403', 'SCANGATE_QUALYS_REFUSED'],
    ['status 500', 'SCANGATE_QUALYS_UNAVAILABLE'],
    ['no connection', 'SCANGATE_HTTP_UNREACHABLE'],
  ])('I-5: %s on the upload is a message, and the upload is not repeated', async (name, code) => {
    const { stage, handle } = await staged();
    const before = stage.requests.length;
    stage.mishap = MISHAPS[name];
    expect(await errorOf(qualysIac.launch(handle.plan, stage.services))).toMatchObject({ code });
    expect(stage.requests.slice(before).map(({ method, path }) => [method, path])).toEqual([
      ['POST', '/cloudview-api/rest/v1/iac/scan'],
    ]);
  });

  it('I-6: every call goes through the one client, so proxy, time limits and the wait limit hold', async () => {
    const { bench } = await scanned({ files: { 'infra/main.tf': BUCKET } });
    expect(bench.client.budget.report().byRoute).toEqual({
      'POST /auth': 1,
      'GET /cloudview-api/rest/v1/iac/getScanList': 2,
      'POST /cloudview-api/rest/v1/iac/scan': 1,
      'GET /cloudview-api/rest/v1/iac/scanResult': 1,
    });
    const text = 'version: 1\ntargets:\n  t: { scanner: qualys-iac, path: infra, wait: 90s }\n';
    expect(parseConfig(text, 'scangate.yml', {}).targets?.t).toMatchObject({ wait: '90s', onTimeout: 'keep' });
  });

  it('I-7: the plan holds neither the templates nor a user name', async () => {
    const plan = await planFor({}, machineWith({ 'infra/main.tf': 'password = "hunter2"' }));
    expect(JSON.stringify(plan)).not.toMatch(/hunter2|somebody/);
    expect(Object.keys(plan.details as object)).toEqual(['path', 'exclude', 'gitignore', 'sha256', 'files', 'tags']);
  });

  it.each(['../infra', 'a//b', './infra', 'with blank'])('I-8: the path is taken as it is: %s', async (path) => {
    const plan = await planFor({ path }, machineWith({ [`${path}/main.tf`]: BUCKET }));
    expect(plan.subject).toBe(`1 template in ${path}`);
  });

  it('I-8: a path that is not there is refused, and not emptied', async () => {
    expect(await errorOf(planFor({ path: 'inffra' }, infra()))).toMatchObject({
      code: 'SCANGATE_TARGET_FILES',
      message: 'inffra does not exist',
    });
  });
});

describe('defects of the action for GitHub', () => {
  it.each(['error occurred', '<html>error</html>', '"done"', 'null'])(
    'I-9: an answer that is no result is an error: %s',
    async (body) => {
      const { platform, collect } = await staged();
      const answer = platform.answer.bind(platform);
      platform.answer = (request) => (request.path.endsWith('/scanResult') ? body : answer(request));
      expect(await errorOf(collect())).toMatchObject({ code: expect.stringMatching(/^SCANGATE_QUALYS_/) });
    },
  );

  it('I-10: a scan that failed has a problem and no evidence, so nothing empty is taken for clean', async () => {
    const { findings, statement } = await scanned({ faults: ['scan-error'], files: { 'infra/main.tf': BUCKET } });
    expect([findings, statement.evidence]).toEqual([[], undefined]);
    expect(statement).toMatchObject({ state: 'ERROR', problems: [{ code: 'SCANGATE_SCAN_FAILED' }] });
  });

  it('I-10: a finished scan with an empty result has a problem and no evidence', async () => {
    const { findings, statement } = await scanned({ faults: ['empty-result'], files: { 'infra/main.tf': BUCKET } });
    expect([findings, statement.evidence]).toEqual([[], undefined]);
    expect(codesOf({ statement })).toEqual(['SCANGATE_SCAN_NO_EVIDENCE']);
  });

  it('scans every template of the path, and not only those of the last commit', async () => {
    const { findings } = await scanned({ files: { 'infra/old.tf': BUCKET, 'infra/new.tf': BUCKET } });
    expect(findings.map(({ location }) => (location.kind === 'file' ? location.path : ''))).toEqual([
      'infra/new.tf',
      'infra/new.tf',
      'infra/old.tf',
      'infra/old.tf',
    ]);
  });

  it('counts against the lists', async () => {
    const { collect } = await staged({ result: [checked([check('9001')], { summary: { passed: 0, failed: 7 } })] });
    expect(codesOf(await collect())).toEqual(['SCANGATE_SCAN_COUNT_MISMATCH']);
  });
});
