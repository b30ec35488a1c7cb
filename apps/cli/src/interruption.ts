import { EXIT_CODES } from '@scangate/core/exit-code';
import type { Interruption } from './context.js';

const EXITS = { SIGINT: 'interrupted', SIGTERM: 'terminated' } as const;

interface Signals {
  on(name: keyof typeof EXITS, listener: () => void): unknown;
  exit(code: number): void;
}

export function createInterruption(signals: Signals): Interruption {
  const controller = new AbortController();
  let exit: (typeof EXITS)[keyof typeof EXITS] | undefined;
  let isListening = false;
  return {
    exit: () => exit,
    listen: (reasonOf) => {
      if (isListening) return controller.signal;
      isListening = true;
      for (const name of Object.keys(EXITS) as (keyof typeof EXITS)[]) {
        signals.on(name, () => {
          if (exit !== undefined) signals.exit(EXIT_CODES[exit]);
          exit = EXITS[name];
          controller.abort(reasonOf(name));
        });
      }
      return controller.signal;
    },
  };
}
