import { ERRORS, type ErrorCode, ScangateError } from '../errors.js';

/** One mistake in a configuration file: where, what, and the mend. */
export interface ConfigMistake {
  code: ErrorCode;
  line: number;
  column: number;
  /** Such as `policy.rules[0].max`; empty for the file as a whole. */
  path: string;
  message: string;
  mend: string;
}

/** Every mistake of a file at once, so that it is mended in one go. */
export class ConfigError extends ScangateError {
  constructor(
    readonly file: string,
    readonly mistakes: readonly ConfigMistake[],
  ) {
    const [first] = mistakes;
    super(
      first?.code ?? 'SCANGATE_CONFIG_INVALID',
      mistakes.map((mistake) => describeMistake(file, mistake)).join('\n'),
      {
        mend: first?.mend ?? ERRORS.SCANGATE_CONFIG_INVALID.mend,
      },
    );
  }
}

const describeMistake = (file: string, { line, column, path, message }: ConfigMistake): string =>
  `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
