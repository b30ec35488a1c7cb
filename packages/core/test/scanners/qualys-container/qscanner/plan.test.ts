import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { courseOf, launched, planOf, refusalOf, type Scene, TOKEN } from './support.js';

const SHA = 'ab'.repeat(32);
const DIGEST = `sha256:${SHA}`;

describe('the plan', () => {
  it('holds the whole call but the folder and the token, and starts nothing', async () => {
    const course = courseOf();
    expect(await planOf(course)).toEqual({
      target: 'shop',
      scanner: 'qualys-container',
      subject: 'image shop:1.4, by QScanner',
      scanName: 'scangate shop run-1',
      isLocal: true,
      details: {
        way: 'qscanner',
        program: '/usr/bin/qscanner',
        version: '5.0.0',
        arguments: [
          ...['image', 'shop:1.4', '--pod', 'https://platform.example.test', '--mode', 'get-report'],
          ...['--scan-types', 'pkg,secret', '--format', 'json', '--report-format', 'sarif', '--scan-timeout', '900s'],
        ],
        limitMs: 2_700_000,
        artefact: { command: 'image', name: 'shop:1.4' },
        mode: 'get-report',
        scanTypes: ['pkg', 'secret'],
        severitySource: 'vendor',
        image: 'shop:1.4',
        leftOut: [],
      },
      historyMs: [],
    });
    expect(course.scans()).toEqual([]);
  });

  it('turns every setting into its flag', async () => {
    const course = courseOf({
      settings: {
        program: '/opt/qscanner',
        mode: 'evaluate-policy',
        scanTypes: ['os', 'malware'],
        policyTags: ['shop', 'eu'],
        onAudit: 'warn',
        timeout: '90s',
        storageDriver: 'docker-overlay2',
        platform: 'linux/arm64',
        proxy: 'http://proxy.example:3128',
        excludeDirs: ['/proc', '/sys'],
        excludeFiles: ['a.bin'],
        offline: true,
        severitySource: 'customer',
        scanTargetInfo: { branch: 'main', build: '17' },
      },
    });
    const { details } = await planOf(course);
    expect(details).toMatchObject({
      arguments: [
        ...['image', 'shop:1.4', '--pod', 'https://platform.example.test', '--mode', 'evaluate-policy'],
        ...['--scan-types', 'os,malware', '--format', 'json', '--report-format', 'sarif', '--scan-timeout', '90s'],
        ...['--policy-tags', 'shop,eu', '--storage-driver', 'docker-overlay2', '--platform', 'linux/arm64'],
        ...['--proxy', 'http://proxy.example:3128', '--exclude-dirs', '/proc,/sys', '--exclude-files', 'a.bin'],
        ...['--offline-scan=true', '--scan-target-info', 'branch=main', '--scan-target-info', 'build=17'],
      ],
      limitMs: 1_890_000,
      onAudit: 'warn',
      severitySource: 'customer',
      leftOut: ['folder /proc', 'folder /sys', 'file a.bin', 'names of JAR files that only the network knows'],
    });
  });

  it.each([
    [{ container: 'c0ffee' }, ['container', 'c0ffee'], 'container c0ffee, by QScanner'],
    [{ rootfs: './root' }, ['rootfs', './root'], 'file system ./root, by QScanner'],
    [{ repo: '.' }, ['repo', '.'], 'repository ., by QScanner'],
  ])('scans in place of the image: %j', async (settings, words, subject) => {
    const plan = await planOf(courseOf({ settings }));
    expect(plan.subject).toBe(subject);
    expect(plan.details).toMatchObject({ arguments: expect.arrayContaining(words) });
  });

  it.each<[string, { image?: string; digest?: string }, object]>([
    ['a name', { image: 'shop' }, { image: 'shop' }],
    ['a digest beside the name', { digest: DIGEST }, { image: 'shop:1.4', digest: DIGEST }],
    ['a digest in the name', { image: `shop@${DIGEST}` }, { image: `shop@${DIGEST}` }],
    ['an id', { image: 'c0ffee123456' }, { image: 'c0ffee123456' }],
  ])('keeps what the image must be: %s', async (_, target, kept) => {
    expect((await planOf(courseOf({ target }))).details).toMatchObject(kept);
  });

  it.each(['./out/Shop.tar', '/srv/shop', 'shop.tar.gz'])('takes a path for what it is: %s', async (image) => {
    const { details } = await planOf(courseOf({ target: { image } }));
    expect(details).not.toHaveProperty('image');
    expect(details).toMatchObject({ artefact: { command: 'image', name: image } });
  });

  it.each<[string, Scene]>([
    ['a flag in place of an image', { target: { image: '--mode' } }],
    ['a flag in place of a folder', { settings: { repo: '-x' } }],
    ['a name that is none', { target: { image: 'Shop:1.4' } }],
    ['two digests', { target: { image: `shop@${DIGEST}`, digest: `sha256:${'cd'.repeat(32)}` } }],
  ])('refuses %s', async (_, scene) => {
    const course = courseOf(scene);
    expect((await refusalOf(planOf(course))).code).toBe('SCANGATE_CONFIG_INVALID');
    expect(course.scans()).toEqual([]);
  });

  it('never puts the token where others can read it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), fc.string({ minLength: 1 })), async (info) => {
        const course = courseOf({ settings: { scanTargetInfo: info } });
        const handle = await launched(course);
        const [spec] = course.scans();
        expect(JSON.stringify([handle, spec?.args])).not.toContain(TOKEN);
        expect(spec?.env).toEqual({ QUALYS_ACCESS_TOKEN: TOKEN });
      }),
      { numRuns: 20 },
    );
  });

  it('says before anything is started that the platform refuses the account', async () => {
    const course = courseOf();
    const refusing = { ...course.services.qualys(), accessToken: () => Promise.reject(new Error('refused')) };
    const services = { ...course.services, qualys: () => refusing };
    await expect(planOf({ ...course, services })).rejects.toThrow('refused');
    expect(course.scans()).toEqual([]);
  });
});

describe('the program', () => {
  it('is missing', async () => {
    expect(await refusalOf(planOf(courseOf({ isMissing: true, settings: { program: './qs' } })))).toEqual({
      code: 'SCANGATE_PROGRAM_MISSING',
      message: 'there is no program ./qs on this machine',
      mend: 'install QScanner and put it in PATH, name its path in qscanner.program, or pin it with qscanner.download',
    });
  });

  it.each([
    ['qscanner version 4.6.0-4', '4.6.0-4'],
    ['QScanner v5.1.2 (linux/amd64, go1.22.3)', '5.1.2'],
    ['5.0', '5.0'],
  ])('tells a version that is known: %s', async (stdout, version) => {
    expect((await planOf(courseOf({ version: { stdout } }))).details).toMatchObject({ version });
  });

  it.each(['3.9.1', 'qscanner 6.0.0', 'version 45.0', 'hello', ''])(
    'has a version that is not known: "%s"',
    async (stdout) => {
      const course = courseOf({ version: { stdout } });
      expect((await refusalOf(planOf(course))).code).toBe('SCANGATE_PROGRAM_VERSION');
      expect(course.scans()).toEqual([]);
    },
  );

  it('cannot tell its version', async () => {
    const version = { status: 126, stderr: 'cannot execute binary file' };
    expect(await refusalOf(planOf(courseOf({ version })))).toEqual({
      code: 'SCANGATE_PROGRAM_VERSION',
      message: '/usr/bin/qscanner does not tell its version: status 126: cannot execute binary file',
      mend: 'install QScanner 4.x or 5.x',
    });
  });

  it('is downloaded with a pinned checksum, and is not executed when it differs', async () => {
    const url = 'https://downloads.example/qscanner';
    const scene = { settings: { download: { url, sha256: SHA.toUpperCase() } } };
    const good = courseOf({ ...scene, downloads: { [url]: SHA } });
    expect((await planOf(good)).details).toMatchObject({ program: `/cache/${SHA}/program` });
    const changed = courseOf({ ...scene, downloads: { [url]: 'cd'.repeat(32) } });
    expect((await refusalOf(planOf(changed))).code).toBe('SCANGATE_PROGRAM_UNVERIFIED');
    expect(changed.machine.ran).toEqual([]);
  });
});
