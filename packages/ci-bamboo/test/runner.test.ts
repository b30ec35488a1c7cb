import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const PACKAGE = join(import.meta.dirname, '..');
const SCHEMAS = process.env.SCANGATE_SCHEMAS ?? join(import.meta.dirname, '../../../../shared/schemas');
const schemaFile = join(SCHEMAS, 'bamboo/bamboo-spec.json');
const SPECS = join(import.meta.dirname, '../../../examples/bamboo/bamboo-specs/bamboo.yaml');

interface Outcome {
  status: number | null;
  stderr: string;
  words: string[];
  files: Record<string, string>;
}

/** Runs the runner with a program that does what `program` says, under a shell. */
function run(shell: string, program: string | undefined, args: string[], env: Record<string, string> = {}): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'scangate-bamboo-'));
  try {
    mkdirSync(join(folder, 'bin'));
    if (program !== undefined) {
      const path = join(folder, 'bin/scangate');
      writeFileSync(path, `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word"; done >words\n${program}\n`);
      chmodSync(path, 0o755);
    }
    // What an earlier build left in the working directory.
    mkdirSync(join(folder, 'scangate-out/report'), { recursive: true });
    for (const name of ['junit.xml', 'scangate.properties', 'report/index.html']) {
      writeFileSync(join(folder, 'scangate-out', name), 'old');
    }
    const { status, stderr } = spawnSync(shell, [join(PACKAGE, 'run-scangate.sh'), ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: `${folder}/bin:/usr/bin:/bin`, SCANGATE_NODE: '/nowhere/node', ...env },
    });
    const read = (name: string): [string, string][] =>
      existsSync(join(folder, name)) ? [[name, readFileSync(join(folder, name), 'utf8')]] : [];
    const words = read('words')[0]?.[1].split('\n').slice(0, -1) ?? [];
    const names = [
      'scangate-out/junit.xml',
      'scangate-out/scangate.properties',
      'scangate-out/report/index.html',
      'seen',
    ];
    return { status, stderr, words, files: Object.fromEntries(names.flatMap(read)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const WRITES =
  'mkdir -p scangate-out; echo junit >scangate-out/junit.xml; echo outcome=pass >scangate-out/scangate.properties';

describe.each(['/bin/dash', '/bin/bash'])('run-scangate.sh under %s', (shell) => {
  it('hands over the arguments and the exit status', () => {
    const { status, words, files } = run(shell, `${WRITES}\nexit 1`, ['evaluate', 'a b.json', '$(id)', "it's"]);
    expect([status, words]).toEqual([1, ['evaluate', 'a b.json', '$(id)', "it's"]]);
    expect(files).toEqual({
      'scangate-out/junit.xml': 'junit\n',
      'scangate-out/scangate.properties': 'outcome=pass\n',
    });
  });

  it('hands on the variables of the plan that are for scangate, whatever their values hold', () => {
    const env = {
      bamboo_SCANGATE_QUALYS_PASSWORD: `p'"$(touch x)\`id\` \\`,
      bamboo_SCANGATE_QUALYS_USERNAME: 'builder',
      bamboo_other: 'x',
    };
    const program = `${WRITES}\nprintf '%s|%s' "$SCANGATE_QUALYS_USERNAME" "$SCANGATE_QUALYS_PASSWORD" >seen`;
    const { status, files } = run(shell, program, ['run'], env);
    expect([status, files.seen]).toEqual([0, `builder|p'"$(touch x)\`id\` \\`]);
  });

  it('says that there is no verdict where none was written, and is never green then', () => {
    for (const [program, expected] of [
      ['exit 70', 70],
      ['exit 0', 4],
      [undefined, 4],
    ] as const) {
      const { status, files } = run(shell, program, ['run']);
      expect(status).toBe(expected);
      expect(files).not.toHaveProperty(['scangate-out/report/index.html']);
      expect(files['scangate-out/junit.xml']).toContain('<error message="scangate wrote no verdict"');
      expect(files['scangate-out/scangate.properties']).toBe(`outcome=inconclusive\nexit_code=${expected}\n`);
    }
  });

  it('names what is missing', () => {
    const { stderr } = run(shell, undefined, ['run']);
    expect(stderr).toMatch(/^scangate: inconclusive: scangate is not found\nscangate: mend: /);
  });
});

describe('files of the package', () => {
  it('holds the wrapper that Jenkins has', () => {
    const jenkins = join(PACKAGE, '../ci-jenkins/library/resources/scangate/scangate.sh');
    expect(readFileSync(join(PACKAGE, 'scangate.sh'), 'utf8')).toBe(readFileSync(jenkins, 'utf8'));
  });

  it.skipIf(!existsSync(schemaFile))('has Specs that fit the schema', () => {
    const validate = new Ajv.default({ strict: false, logger: false }).compile(
      JSON.parse(readFileSync(schemaFile, 'utf8')) as object,
    );
    const documents = parseAllDocuments(readFileSync(SPECS, 'utf8'));
    expect(documents.map(({ errors }) => errors)).toEqual([[]]);
    for (const document of documents) {
      validate(document.toJS());
      expect(validate.errors ?? []).toEqual([]);
    }
  });
});
