import { describe, expect, it } from 'vitest';
import { qualysContainer } from '../../../src/scanners/qualys-container/index.js';
import { buildMachine, buildStage } from '../../../src/testing/index.js';
import { CsPlatform, DIGEST, IMAGE, image, NOW_MS, OTHER_SHA, SCANNED_MS, SHA, vulnerability } from './platform.js';
import { codesOf, DOCKER, staged, withRuntimes } from './support.js';

const DAY_MS = 86_400_000;
const TARGET = { scanner: 'qualys-container', image: IMAGE } as const;
const CONTEXT = { targetName: 'shop', runId: 'run-1' };

describe('tagging for the sensor', () => {
  it('asks the container runtime for the image id, and tags that', async () => {
    const machine = withRuntimes(DOCKER);
    const { handle } = await staged({}, { machine });
    expect(machine.ran.map(({ command, args }) => [command, ...args])).toEqual([
      ['/usr/bin/docker', 'image', 'inspect', '--format', '{{.Id}} {{json .RepoDigests}}', IMAGE],
      ['/usr/bin/docker', 'tag', SHA, `qualys_scan_target:${SHA}`],
    ]);
    expect(handle.scanId).toBe(SHA);
  });

  it('takes the first runtime that has the image', async () => {
    const machine = withRuntimes({ docker: {}, nerdctl: { inspect: { stdout: `sha256:${SHA} []` } } });
    await staged({}, { machine });
    expect(machine.ran.map(({ command }) => command)).toEqual([
      '/usr/bin/docker',
      '/usr/bin/nerdctl',
      '/usr/bin/nerdctl',
    ]);
  });

  it('without a runtime, or without the image in it, waits for the image that was pushed', async () => {
    const machine = withRuntimes({ podman: { inspect: { stdout: 'WARN no such thing' } } });
    const { handle, progress } = await staged({}, { machine });
    expect(machine.ran.map(({ args }) => args[0])).toEqual(['image']);
    expect(handle.scanId).toBe(IMAGE);
    expect(await progress()).toBe('ended: SUCCESS');
  });

  it('fails when the runtime hangs, and does not take that for an image that is not there', async () => {
    const machine = withRuntimes({ docker: { inspect: { signal: 'SIGKILL', stopped: 'time' } } });
    await expect(staged({}, { machine })).rejects.toMatchObject({
      code: 'SCANGATE_PROGRAM_FAILED',
      message: `docker does not tell whether it has ${IMAGE}: it did not end in time`,
    });
  });

  it('fails when the tag cannot be set, with the words of the runtime', async () => {
    const machine = withRuntimes({ docker: { ...DOCKER.docker, tag: { status: 1, stderr: 'permission denied' } } });
    await expect(staged({}, { machine })).rejects.toMatchObject({
      code: 'SCANGATE_PROGRAM_FAILED',
      message: `the image ${SHA.slice(0, 12)} cannot be tagged for the sensor: exit 1: permission denied`,
    });
  });

  it('refuses a local image that is not the one with the digest', async () => {
    const target = { digest: `sha256:${DIGEST}` };
    await expect(staged({}, { machine: withRuntimes(DOCKER), target })).rejects.toMatchObject({
      code: 'SCANGATE_QUALYS_NOT_FOUND',
    });
    const inspect = { stdout: `sha256:${SHA} ["registry.example.test/shop/api@sha256:${DIGEST}"]\n` };
    const { handle } = await staged({}, { machine: withRuntimes({ docker: { inspect } }), target });
    expect(handle.scanId).toBe(SHA);
  });

  it('does not count a scan from before the tag', async () => {
    const images = [image({ lastScanned: String(NOW_MS - 600_000) })];
    const { progress, collect } = await staged({ images }, { machine: withRuntimes(DOCKER) });
    expect(await progress()).toBe('running: waiting for a scan after that of 2031-02-03T03:55:06Z');
    expect(codesOf(await collect())).toEqual(['SCANGATE_SCAN_STALE']);
  });

  it('asks the platform before anything is tagged', async () => {
    const machine = withRuntimes(DOCKER);
    const stage = buildStage(() => undefined, machine);
    await expect(qualysContainer.plan(TARGET, CONTEXT, stage.services)).rejects.toThrow();
    expect(machine.ran.map(({ args }) => args[0])).toEqual(['image']);
  });
});

describe('waiting', () => {
  it('goes through unknown, known, scanned and processed', async () => {
    const { platform, progress } = await staged({}, { situation: 'queued' });
    const seen: string[] = [await progress()];
    for (const situation of ['running', 'processing', 'done'] as const) {
      platform.situation = situation;
      seen.push(await progress());
    }
    expect(seen).toEqual([
      'queued: not known to the platform yet',
      'running: known, not scanned yet',
      'processing: scanned, not processed yet',
      'ended: SUCCESS',
    ]);
  });

  it('asks once for all images whose id is known', async () => {
    const platform = new CsPlatform({ images: [image({ lastScanned: null })] });
    const stage = buildStage((request) => platform.answer(request));
    const handles = await Promise.all(
      [SHA, OTHER_SHA].map(async (id, index) => {
        const target = { scanner: 'qualys-container', image: id } as const;
        const context = { targetName: 'shop', runId: `run-${index}` };
        const plan = await qualysContainer.plan(target, context, stage.services);
        const handle = await qualysContainer.launch(plan, stage.services);
        return { ...handle, plan: { ...plan, details: { ...(plan.details as object), sha: id } } };
      }),
    );
    const before = stage.requests.length;
    const progress = await qualysContainer.progress(handles, stage.services);
    expect(stage.requests.length - before).toBe(1);
    expect([...progress.values()].map(({ phase }) => phase)).toEqual(['running', 'queued']);
  });

  it('takes an image that is known by its name alone only when its scan is young', async () => {
    const old = { images: [image({ lastScanned: String(NOW_MS - 2 * DAY_MS) })] };
    expect(await (await staged(old)).progress()).toMatch(/^running: waiting for a scan after/);
    expect(await (await staged(old, { target: { maxAge: '3d' } })).progress()).toBe('ended: SUCCESS');
    expect(await (await staged(old, { target: { digest: `sha256:${DIGEST}` } })).progress()).toBe('ended: SUCCESS');
    expect(await (await staged(old, { target: { image: SHA } })).progress()).toBe('ended: SUCCESS');
  });

  it('a clean image is done: its list is there, and empty', async () => {
    const { progress, collect } = await staged({ vulnerabilities: [] });
    expect(await progress()).toBe('ended: SUCCESS');
    const { findings, statement } = await collect();
    expect(findings).toEqual([]);
    expect(statement.problems).toEqual([]);
    expect(statement.evidence).toContain('the image lists 0 vulnerabilities (scanned 2031-02-03T05:00:00Z');
  });

  it('an image that is gone again is waited for, and not judged', async () => {
    const { platform, stage, handle, progress } = await staged();
    platform.parts.images = [];
    expect(await progress()).toBe('queued: not known to the platform yet');
    await expect(qualysContainer.findings(handle, stage.services).next()).rejects.toMatchObject({
      code: 'SCANGATE_SCAN_UNKNOWN_TARGET',
    });
  });
});

describe('which image is meant', () => {
  const twin = image({ sha: OTHER_SHA, imageId: OTHER_SHA.slice(0, 12), uuid: 'twin', repoDigests: null });

  it('several images with one name are not guessed between: they are listed', async () => {
    const { platform, stage, handle, progress } = await staged({ images: [image()] });
    expect(await progress()).toBe('ended: SUCCESS');
    platform.parts.images?.push(twin);
    expect(await progress()).toBe('ended: several images have this name');
    const dates = 'created 2031-02-03T03:00:00Z, scanned 2031-02-03T05:00:00Z';
    const shown = [SHA, OTHER_SHA].map((sha) => `${sha.slice(0, 12)} (1.4, ${dates})`).join('; ');
    await expect(qualysContainer.findings(handle, stage.services).next()).rejects.toMatchObject({
      code: 'SCANGATE_QUALYS_AMBIGUOUS',
      message: `the platform knows 2 images as ${IMAGE}: ${shown}`,
    });
  });

  it('the digest decides between them, and several records of one image are one', async () => {
    const again = image({ uuid: 'again', lastScanned: String(SCANNED_MS - 60_000) });
    const target = { digest: `sha256:${DIGEST}` };
    const { progress, collect } = await staged({ images: [again, twin, image()] }, { target });
    expect(await progress()).toBe('ended: SUCCESS');
    expect((await collect()).statement.reference).toBe(SHA);
  });

  it.each([
    ['another tag', { repo: [{ registry: 'registry.example.test', repository: 'shop/api', tag: '1.40' }] }],
    ['another registry', { repo: [{ registry: 'registry.example', repository: 'shop/api', tag: '1.4' }] }],
    ['a longer repository', { repo: [{ registry: 'registry.example.test', repository: 'old/shop/api', tag: '1.4' }] }],
    ['no name', { repo: null }],
  ])('an image with %s is not it', async (_, change) => {
    const { progress } = await staged({ images: [image({ ...change, repoDigests: null })] });
    expect(await progress()).toBe('queued: not known to the platform yet');
  });

  it('refuses what is no reference, before anything is asked', async () => {
    const stage = buildStage(() => undefined, buildMachine({ program: () => undefined }));
    for (const name of ['shop:1:2', 'Shop/api', 'shop@sha256:12', 'shop"or:1', '../shop']) {
      const target = { scanner: 'qualys-container', image: name } as const;
      await expect(qualysContainer.plan(target, CONTEXT, stage.services)).rejects.toMatchObject({
        code: 'SCANGATE_CONFIG_INVALID',
      });
    }
    expect(stage.requests).toEqual([]);
  });
});

describe('findings', () => {
  it('carry layer, package, versions, exploitability and what the catalogue knows', async () => {
    const { findings } = await (await staged({ vulnerabilities: [vulnerability(990_001)] })).collect();
    expect(findings).toEqual([
      {
        vulnerability: { source: 'qualys', id: '990001', title: 'flaw 990001', aliases: ['CVE-2030-990001'] },
        kind: 'confirmed',
        severity: 'high',
        vendorSeverity: '4',
        cvss: [
          { version: '3.1', score: 8.1 },
          { version: '2.0', score: 6.8 },
        ],
        status: 'active',
        state: 'ACTIVE',
        pci: true,
        fix: { available: true, version: '3.0.9' },
        location: { kind: 'package', name: 'openssl-libs', version: '3.0.1', layer: 'sha256:01' },
        impact: 'Threat intelligence: public exploit (an invented one). Harm.',
        remediation: 'Update openssl-libs to 3.0.9.',
      },
    ]);
  });

  it('hold secrets and malware too, never the secret itself', async () => {
    const secret = { ruleId: 'aws-key', title: 'AWS key', severity: 'HIGH', filePath: '/app/.env', startLine: 3 };
    const details = {
      secrets: [{ ...secret, match: 'AKIA1234' }],
      malware: [{ malwareName: 'Demo.Dropper', filePath: '/tmp/x' }],
    };
    const { findings } = await (await staged({ details, vulnerabilities: [] })).collect();
    expect(findings.map(({ kind, vulnerability: { id }, location }) => [kind, id, location])).toEqual([
      ['secret', 'aws-key', { kind: 'file', path: '/app/.env', line: 3 }],
      ['confirmed', 'Demo.Dropper', { kind: 'file', path: '/tmp/x' }],
    ]);
    expect(JSON.stringify(findings)).not.toContain('AKIA1234');
  });

  it.each([
    ['fewer than are counted', { severity4Count: 3 }, ['SCANGATE_SCAN_COUNT_MISMATCH']],
    ['more than are counted', { severity4Count: 0 }, ['SCANGATE_SCAN_COUNT_MISMATCH']],
    ['as many as are counted', { severity4Count: 1 }, []],
  ])('that are %s', async (_, change, codes) => {
    const counts = { severity1Count: 0, severity2Count: 0, severity3Count: 1, severity5Count: 0, ...change };
    expect(codesOf(await (await staged({ counts })).collect())).toEqual(codes);
  });

  it('may be counted without what is only potential', async () => {
    const vulnerabilities = [vulnerability(1), vulnerability(2, { typeDetected: 'POTENTIAL' })];
    const counts = { severity1Count: 0, severity2Count: 0, severity3Count: 0, severity4Count: 1, severity5Count: 0 };
    const { findings, statement } = await (await staged({ vulnerabilities, counts })).collect();
    expect(findings.map(({ kind }) => kind)).toEqual(['confirmed', 'potential']);
    expect(statement.problems).toEqual([]);
  });
});
