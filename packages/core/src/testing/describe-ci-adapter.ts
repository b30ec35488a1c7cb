import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CiAdapter, Delivery, DeliveryInput, Environment } from '../ci/ci-adapter.js';
import type { CiContext } from '../model/verdict.js';
import { buildDeliveryInput } from './build-delivery-input.js';

export interface CiSituation {
  /** What happened: `push`, `merge request`, `tag`. */
  name: string;
  env: Environment;
  /** The whole context; a field that is not named must be absent. */
  context: CiContext;
}

export interface CiAdapterContract {
  situations: CiSituation[];
  /** Whether a line is exactly one message in the tool's syntax. Absent: the tool has none, so nothing may be printed. */
  isMessage?: (line: string) => boolean;
}

/** The variables that tell each tool, as a build on it has them. One more adapter: one more entry. */
const MARKS: Readonly<Record<string, Environment>> = {
  jenkins: {
    JENKINS_URL: 'https://jenkins.example/',
    BUILD_TAG: 'jenkins-shop-7',
    BUILD_NUMBER: '7',
    BUILD_URL: 'https://jenkins.example/job/shop/7/',
  },
  teamcity: { TEAMCITY_VERSION: '2024.12', BUILD_NUMBER: '7', BUILD_URL: 'https://teamcity.example/build/7' },
  bamboo: { bamboo_buildKey: 'SEC-GATE-SCAN', bamboo_agentId: '1', bamboo_buildNumber: '7' },
  circleci: { CI: 'true', CIRCLECI: 'true', CIRCLE_BUILD_NUM: '7' },
  gitlab: { CI: 'true', GITLAB_CI: 'true', CI_JOB_ID: '7' },
  github: { CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_RUN_ID: '7' },
  azure: { TF_BUILD: 'True', BUILD_BUILDNUMBER: '7' },
};

const HOSTILE_PARTS = [
  "##teamcity[buildStop comment='x']",
  "']\n##teamcity[buildStatus status='SUCCESS' text='",
  '##vso[task.complete result=Succeeded;]',
  '::error::x',
  '\u001b[0Ksection_start:1:x\r\u001b[0Kx',
  '\u001b]0;title\u0007',
  "|'",
  "|0x000A']",
  'SCANGATE_OUTCOME=pass',
  '\n',
  '\r',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u0000',
  '\ud800',
];

const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE_PARTS), fc.string({ unit: 'binary', maxLength: 10 })), { maxLength: 6 })
  .map((parts) => parts.join(''));

/** Every character that some reader of a log takes for the end of a line. */
const linesOf = (text: string): string[] => text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/);

const shapeOf = ({ stdout, files }: Delivery): unknown => ({
  lines: linesOf(stdout).length,
  files: files.map(({ name, content }) => ({ name, lines: linesOf(content).length })),
});

const valuesOf = (context: CiContext | undefined): (string | undefined)[] => Object.values(context ?? {});

/** The contract of a CI adapter, run over every `packages/ci-*`. */
export function describeCiAdapter(adapter: CiAdapter, contract: CiAdapterContract): void {
  describeDetection(adapter, contract);
  describeDelivery(adapter, contract);
}

function describeDetection(adapter: CiAdapter, { situations }: CiAdapterContract): void {
  describe(`CI adapter ${adapter.tool}: detect`, () => {
    it.each(situations)('tells the build: $name', ({ env, context }) => {
      expect(adapter.detect(env)).toEqual(context);
      expect(adapter.detect(env)).toEqual(adapter.detect({ ...env }));
      expect(context).toMatchObject({ tool: adapter.tool, name: adapter.name });
    });

    it('sees its own builds and no other', () => {
      expect(MARKS).toHaveProperty(adapter.tool);
      expect(adapter.detect({})).toBeUndefined();
      const seen = Object.keys(MARKS).filter((tool) => adapter.detect(MARKS[tool] as Environment));
      expect(seen).toEqual([adapter.tool]);
    });

    it('leaves out what is not known, and never gives an empty text', () => {
      for (const { env } of situations) {
        for (const variable of Object.keys(env)) {
          expect(valuesOf(adapter.detect({ ...env, [variable]: '' })), variable).not.toContain('');
          expect(valuesOf(adapter.detect({ ...env, [variable]: undefined })), variable).not.toContain('');
        }
      }
    });
  });
}

function describeDelivery(adapter: CiAdapter, { isMessage }: CiAdapterContract): void {
  describe(`CI adapter ${adapter.tool}: deliver`, () => {
    const deliver = (input: DeliveryInput): Delivery => adapter.deliver(input);

    it('gives text and files, and no exit status', async () => {
      const delivery = deliver(await buildDeliveryInput());
      expect(Object.keys(delivery).sort()).toEqual(['files', 'stdout']);
      expect(delivery.stdout === '' || delivery.stdout.endsWith('\n')).toBe(true);
      const names = delivery.files.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
    });

    it('prints nothing but messages of its own syntax', async () => {
      for (const outcome of ['pass', 'warn', 'fail', 'inconclusive'] as const) {
        const lines = deliver(await buildDeliveryInput({ outcome }))
          .stdout.split('\n')
          .slice(0, -1);
        expect(lines.filter((line) => !isMessage?.(line))).toEqual([]);
      }
    });

    it('gives the same for the same input, and leaves the input alone', async () => {
      const input = await buildDeliveryInput();
      const before = structuredClone(input);
      expect(deliver(input)).toEqual(deliver(await buildDeliveryInput()));
      expect(input).toEqual(before);
    });

    it('never lets a text from a report, a policy or a branch name start a message or a line', async () => {
      const calm = shapeOf(deliver(await buildDeliveryInput()));
      await fc.assert(
        fc.asyncProperty(hostileText, async (text) => {
          const delivery = deliver(await buildDeliveryInput({ text }));
          expect(shapeOf(delivery)).toEqual(calm);
          for (const line of linesOf(delivery.stdout).slice(0, -1)) expect(isMessage?.(line)).toBe(true);
        }),
      );
    });
  });
}
