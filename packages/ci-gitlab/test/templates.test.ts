import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@scangate/core/exit-code';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { gitlab } from '../src/index.js';
import { hasSchemas, NO_SCHEMAS, schemaErrors } from './support.js';

const PACKAGE = join(import.meta.dirname, '..');
const FILES = ['scangate.gitlab-ci.yml', 'scangate/template.yml', 'scangate-start-collect/template.yml'];

const manifest = (folder: string): { version: string; files: string[] } =>
  JSON.parse(readFileSync(join(PACKAGE, folder, 'package.json'), 'utf8')) as { version: string; files: string[] };

interface Job {
  variables?: Record<string, string>;
  script?: string[];
  allow_failure?: { exit_codes: number[] };
  retry?: { max: number; exit_codes: number[] };
  artifacts?: { when: string; paths: string[]; reports?: Record<string, string> };
}

const documentsOf = (name: string): unknown[] =>
  parseAllDocuments(readFileSync(join(PACKAGE, 'templates', name), 'utf8')).map(
    (document) => document.toJS() as unknown,
  );

const jobsOf = (name: string): [string, Job][] => Object.entries(documentsOf(name).at(-1) as Record<string, Job>);

describe('templates', () => {
  it('are shipped with the package, and no other file beside them', () => {
    expect(manifest('.').files).toEqual(['dist', 'templates']);
    const found = readdirSync(join(PACKAGE, 'templates'), { recursive: true, encoding: 'utf8' });
    expect(found.filter((name) => name.endsWith('.yml')).toSorted()).toEqual(FILES.toSorted());
  });

  it.each(FILES)('%s hands over every report that the adapter writes', (name) => {
    const judging = jobsOf(name).filter(([, job]) => job.artifacts?.reports);
    expect(judging).toHaveLength(1);
    for (const [, { artifacts }] of judging) {
      const own = (gitlab.reports ?? []).map(({ fileName }) => `scangate-out/${fileName}`);
      expect(Object.values(artifacts?.reports ?? {}).toSorted()).toEqual(['scangate-out/junit.xml', ...own].toSorted());
      expect(artifacts).toMatchObject({ when: 'always', paths: ['scangate-out/'] });
    }
  });

  it.each(FILES)('%s lets warnings alone pass, and tries again for what may come right alone', (name) => {
    const jobs = jobsOf(name).map(([, job]) => job);
    const allowed = jobs.flatMap(({ allow_failure }) => allow_failure?.exit_codes ?? []);
    expect(new Set(allowed)).toEqual(new Set([EXIT_CODES.warn]));
    const retried = jobs.flatMap(({ retry }) => retry?.exit_codes ?? []);
    expect(retried.filter((code) => code !== EXIT_CODES.temporary)).toEqual([]);
  });

  it.each(FILES)('%s starts the version that it came with', (name) => {
    const [head] = documentsOf(name) as [{ spec?: { inputs: { version: { default: string } } } }];
    const versions = [
      head.spec?.inputs.version.default,
      ...jobsOf(name).map(([, { variables }]) => variables?.SCANGATE_VERSION),
    ].filter((version) => version !== undefined && !version.startsWith('$[['));
    expect(versions).toEqual([manifest('../../apps/cli').version]);
  });

  it('have no global keyword in a component, and describe every input', () => {
    for (const name of FILES.filter((file) => file.endsWith('/template.yml'))) {
      const [head] = documentsOf(name) as [{ spec: { inputs: Record<string, { description?: string }> } }];
      expect(jobsOf(name).map(([job]) => job.startsWith('$[[ inputs.'))).toEqual(jobsOf(name).map(() => true));
      expect(Object.entries(head.spec.inputs).filter(([, { description }]) => !description)).toEqual([]);
      const used = new Set(readFileSync(join(PACKAGE, 'templates', name), 'utf8').match(/(?<=\$\[\[ inputs\.)\w+/g));
      expect([...used].toSorted()).toEqual(Object.keys(head.spec.inputs).toSorted());
    }
  });

  it("the includable one is valid by GitLab's own schema", ({ skip }) => {
    skip(!hasSchemas, NO_SCHEMAS);
    expect(schemaErrors('.gitlab-ci.yml', documentsOf('scangate.gitlab-ci.yml')[0])).toEqual([]);
  });
});
