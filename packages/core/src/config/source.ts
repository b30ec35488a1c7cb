import { type Document, isAlias, isCollection, isMap, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { ERRORS, excerpt } from '../errors.js';
import { ConfigError, type ConfigMistake } from './mistake.js';

export interface Source {
  file: string;
  document: Document;
  /** The document as plain values. */
  value: unknown;
  /** Line and column, from 1, of a character. */
  at(offset: number): { line: number; column: number };
  /** Line and column, from 1, of the node at the path, or of its nearest parent. */
  locate(path: readonly PropertyKey[], key?: string): { line: number; column: number };
  check(mistakes: readonly ConfigMistake[]): void;
}

/** Parses YAML with positions. Throws {@link ConfigError} for bad syntax and for secrets. */
export function readYaml(text: string, file: string): Source {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const check = (mistakes: readonly ConfigMistake[]): void => {
    if (mistakes.length > 0) throw new ConfigError(file, mistakes);
  };
  check(
    document.errors.map((error) => ({
      code: 'SCANGATE_CONFIG_SYNTAX' as const,
      ...at(error.pos[0]),
      path: '',
      message: `not valid YAML: ${excerpt(error.message, 160)}`,
      mend: ERRORS.SCANGATE_CONFIG_SYNTAX.mend,
    })),
  );
  const locate: Source['locate'] = (path, key) => {
    const node = nearest(document, path);
    const named =
      key !== undefined && isMap(node)
        ? node.items.find((item) => isScalar(item.key) && item.key.value === key)?.key
        : undefined;
    const range = (isScalar(named) ? named.range : undefined) ?? rangeOf(node);
    return at(range?.[0] ?? 0);
  };
  const source: Source = { file, document, value: undefined, at, locate, check };
  check(secretsIn(source));
  return { ...source, value: plainValue(document, check) };
}

const MAX_ALIASES = 100;

/** Aliases may multiply a small file into a huge value; the library stops at a limit with a ReferenceError. */
function plainValue(document: Document, check: Source['check']): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const message = `not valid YAML: ${excerpt(error.message, 160)}`;
    check([
      {
        code: 'SCANGATE_CONFIG_SYNTAX',
        line: 1,
        column: 1,
        path: '',
        message,
        mend: ERRORS.SCANGATE_CONFIG_SYNTAX.mend,
      },
    ]);
    throw error;
  }
}

const rangeOf = (node: unknown): readonly number[] | undefined =>
  isScalar(node) || isCollection(node) || isAlias(node) ? (node.range ?? undefined) : undefined;

function nearest(document: Document, path: readonly PropertyKey[]): unknown {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (rangeOf(node)) return node;
  }
  return document.contents;
}

const SECRET_KEY =
  /^(?:.*[-_]?)?(?:password|passwd|passphrase|secret|token|api[-_]?key|private[-_]?key|credentials?)$/i;

/** A secret belongs into the environment or a file of its own, never into a file that is committed. */
function secretsIn(source: Source): ConfigMistake[] {
  const mistakes: ConfigMistake[] = [];
  visit(source.document, {
    Pair(_, pair, ancestors) {
      if (!isScalar(pair.key) || !SECRET_KEY.test(String(pair.key.value)) || !isScalar(pair.value)) return;
      const path = [
        ...ancestors.filter(isPair).map(({ key }) => (isScalar(key) ? String(key.value) : '?')),
        String(pair.key.value),
      ];
      mistakes.push({
        code: 'SCANGATE_CONFIG_SECRET',
        ...source.at(pair.key.range?.[0] ?? 0),
        path: path.join('.'),
        message: 'a secret must not stand in this file',
        mend: ERRORS.SCANGATE_CONFIG_SECRET.mend,
      });
    },
  });
  return mistakes;
}
