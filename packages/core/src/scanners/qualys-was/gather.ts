import { isRefusedRequest } from '../qualys-refusal.js';

/** Steps that others of the same turn may still have to go before they ask. */
const STEPS = 16;

export interface Answers<Q, A> {
  /** Answers many questions at once. Undefined for those that have to be asked alone. */
  together(questions: readonly Q[]): Promise<readonly (A | undefined)[]>;
  alone(question: Q): Promise<A>;
  log(line: string): void;
}

interface Waiting<Q, A> {
  question: Q;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

/**
 * Questions that are asked in the same turn, or while others are being answered, go to the platform together. One that
 * nobody joins is asked alone; so is each where the platform does not take them together.
 */
export class Gather<Q, A> {
  private waiting: Waiting<Q, A>[] = [];
  private isAsking = false;

  constructor(private readonly answers: Answers<Q, A>) {}

  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      // It rejects what waits itself, and never fails.
      if (!this.isAsking) void this.answerAll();
    });
  }

  private async answerAll(): Promise<void> {
    this.isAsking = true;
    while (this.waiting.length > 0) {
      for (let step = 0; step < STEPS; step++) await undefined;
      const asked = this.waiting;
      this.waiting = [];
      await this.answer(asked);
    }
    this.isAsking = false;
  }

  /** Everybody is answered at the same time, so that their next questions come in one turn again. */
  private async answer(asked: readonly Waiting<Q, A>[]): Promise<void> {
    try {
      const known = asked.length === 1 ? [] : await this.together(asked.map(({ question }) => question));
      const outcomes = await Promise.allSettled(
        asked.map(async ({ question }, index) => known[index] ?? (await this.answers.alone(question))),
      );
      for (const [index, { resolve, reject }] of asked.entries()) {
        const outcome = outcomes[index];
        if (outcome?.status === 'fulfilled') resolve(outcome.value);
        else reject(outcome?.reason);
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  private async together(questions: readonly Q[]): Promise<readonly (A | undefined)[]> {
    try {
      return await this.answers.together(questions);
    } catch (error) {
      if (!isRefusedRequest(error)) throw error;
      this.answers.log(`the platform does not answer ${questions.length} questions at once: ${error.message}`);
      return [];
    }
  }
}
