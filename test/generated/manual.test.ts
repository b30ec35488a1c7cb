import { ERRORS, EXIT_CODES, EXIT_MEANINGS, type ExitName, READERS } from '@scangate/core';
import { Config, jsonSchemaOf, PolicyInput } from '@scangate/core/config';
import { Finding, Verdict } from '@scangate/core/model';
import { REPORTERS } from '@scangate/core/reporters';
import { describe, expect, it } from 'vitest';
import { CI_ADAPTERS } from '../../apps/cli/src/ci-adapters.js';
import { CASES } from '../../apps/cli/test/support/cannot-lie.js';
import { keyTables } from './key-tables.js';

/*
 * Pages and schemas that are made from the code. A page that no longer matches fails here;
 * `npm run generate` writes them anew.
 */

const NOTE = '<!-- Made by npm run generate; a test compares it. Do not edit. -->';

const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/</g, '&lt;').replace(/\n/g, ' ');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`).join('\n');
const page = (title: string, ...parts: string[]): string => `${[NOTE, `# ${title}`, ...parts].join('\n\n')}\n`;

const write = (content: string, path: string): Promise<void> => expect(content).toMatchFileSnapshot(`../../${path}`);

describe('made from the code', () => {
  it('docs/cannot-lie.md', async () => {
    const groups = [...new Set(CASES.map(({ group }) => group))];
    await write(
      page(
        'A gate that cannot lie',
        'Each row is a situation in which a weaker gate is green, and a test of ours: the situation goes in, the exit comes out. The codes are explained in [errors.md](errors.md).',
        ...groups.flatMap((group) => [
          `## ${group}`,
          table(
            ['Situation', 'Exit', 'Cause'],
            CASES.filter((one) => one.group === group).map(({ name, exit, code }) => [
              name,
              `${EXIT_CODES[exit]} ${exit}`,
              code === undefined ? '' : `\`${code}\``,
            ]),
          ),
        ]),
      ),
      'docs/cannot-lie.md',
    );
  });

  it('docs/errors.md', async () => {
    const exits = (Object.keys(EXIT_CODES) as ExitName[]).map((name) => [
      String(EXIT_CODES[name]),
      name,
      EXIT_MEANINGS[name],
    ]);
    const errors = Object.entries(ERRORS).map(([code, { exit, when, mend }]) => [
      `\`${code}\``,
      `${EXIT_CODES[exit]} ${exit}`,
      when,
      mend,
    ]);
    await write(
      page(
        'Exit codes and errors',
        'A status is never a count.',
        table(['Code', 'Name', 'When'], exits),
        '## Errors',
        table(['Code', 'Exit', 'When', 'What to do'], errors),
      ),
      'docs/errors.md',
    );
  });

  it('docs/formats.md', async () => {
    await write(
      page(
        'Formats',
        '## Reports that are read',
        'Recognised by content; name one as `format=path` to be sure.',
        table(
          ['Format', 'What it is'],
          READERS.map(({ format, title }) => [`\`${format}\``, title]),
        ),
        '## Reports that are written',
        table(
          ['`--report`', 'File'],
          REPORTERS.map(({ format, fileName }) => [`\`${format}\``, `\`${fileName}\``]),
        ),
        '## CI tools that are recognised',
        table(
          ['`--ci`', 'Tool'],
          CI_ADAPTERS.map(({ tool, name }) => [`\`${tool}\``, name]),
        ),
      ),
      'docs/formats.md',
    );
  });

  it('docs/configuration.md', async () => {
    await write(
      page(
        'Configuration: scangate.yml',
        'Unknown keys, empty lists and impossible values are refused with file, line, column, cause and mend. A list of one may be written without brackets. `${NAME}` in a target field is taken from the environment. Secrets never stand here. A policy may also be a file of its own, given with `--policy`.',
        ...keyTables(jsonSchemaOf(Config)),
      ),
      'docs/configuration.md',
    );
  });

  it.each([
    ['schema/scangate.schema.json', Config],
    ['schema/policy.schema.json', PolicyInput],
    ['schema/verdict.schema.json', Verdict],
    ['schema/finding.schema.json', Finding],
  ] as const)('%s', async (path, schema) => {
    await write(`${JSON.stringify(jsonSchemaOf(schema), null, 2)}\n`, path);
  });
});
