/**
 * Packs the source of the CircleCI orb into the single file that a registry or a URL serves: packages/ci-circleci/orb/orb.yml.
 * As `circleci orb pack` does: a file's name is the name of its element, and `<<include(path)>>` is replaced by the text
 * of that file. A test compares the packed file with its source.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const ORB = fileURLToPath(new URL('../packages/ci-circleci/orb/', import.meta.url));
const KINDS = ['executors', 'commands', 'jobs', 'examples'];
const INCLUDE = /^<<\s*include\(([^)]+)\)\s*>>$/;

const read = (path) => readFileSync(join(ORB, 'src', path), 'utf8');

/** The text of a script. What would be a parameter to the reader of the orb is refused: it would be replaced. */
function include(path) {
  const text = read(path);
  if (text.includes('<<')) throw new Error(`${path} holds <<, which the reader of an orb takes for a parameter`);
  return text;
}

function resolve(value) {
  if (typeof value === 'string') {
    const [, path] = INCLUDE.exec(value.trim()) ?? [];
    return path === undefined ? value : include(path);
  }
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(member)]));
}

const elements = (kind) =>
  Object.fromEntries(
    readdirSync(join(ORB, 'src', kind))
      .filter((name) => name.endsWith('.yml'))
      .toSorted()
      .map((name) => [name.slice(0, -'.yml'.length), resolve(parse(read(join(kind, name))))]),
  );

/** The packed orb as text. */
export function packOrb() {
  const orb = { ...parse(read('@orb.yml')), ...Object.fromEntries(KINDS.map((kind) => [kind, elements(kind)])) };
  return `# Packed by scripts/pack-orb.mjs from packages/ci-circleci/orb/src. Do not edit.\n${stringify(orb, { lineWidth: 0 })}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(ORB, 'orb.yml'), packOrb());
