import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ScangateError } from '../../../src/errors.js';
import { QualysError } from '../../../src/qualys/index.js';
import { Gather } from '../../../src/scanners/qualys-was/gather.js';

const refusal = new QualysError(
  { place: 'POST /search', status: 200, headers: {}, redact: (text) => text },
  { kind: 'request', platformCode: 'INVALID_REQUEST' },
  'not like this',
);

const numbers = (answer: (questions: readonly number[]) => (string | undefined)[]) => {
  const asked: (number | readonly number[])[] = [];
  const log: string[] = [];
  const gather = new Gather<number, string>({
    together: async (questions) => {
      asked.push(questions);
      return answer(questions);
    },
    alone: async (question) => {
      asked.push(question);
      return `alone ${question}`;
    },
    log: (line) => log.push(line),
  });
  return { gather, asked, log };
};

it('gives everybody the answer to their own question, whatever is answered together', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(50), { minLength: 2 }), fc.nat(5), async (questions, gap) => {
      const isGap = (question: number): boolean => question % 6 === gap;
      const { gather, asked } = numbers((all) => all.map((one) => (isGap(one) ? undefined : `together ${one}`)));
      const answers = await Promise.all(questions.map((one) => gather.ask(one)));
      expect(answers).toEqual(questions.map((one) => `${isGap(one) ? 'alone' : 'together'} ${one}`));
      expect(asked).toEqual([questions, ...questions.filter(isGap)]);
    }),
  );
});

it('asks alone what nobody joins', async () => {
  const { gather, asked } = numbers(() => []);
  expect(await gather.ask(7)).toBe('alone 7');
  expect(await gather.ask(8)).toBe('alone 8');
  expect(asked).toEqual([7, 8]);
});

it('takes along what is asked a few steps later, and while an answer is under way', async () => {
  const { gather, asked } = numbers((all) => all.map((one) => `together ${one}`));
  const late = async (question: number, steps: number): Promise<string> => {
    for (let step = 0; step < steps; step++) await undefined;
    return gather.ask(question);
  };
  await Promise.all([late(1, 0), late(2, 3), late(3, 9), late(4, 40), late(5, 42)]);
  expect(asked).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
});

it('asks each alone where many are refused, and says so', async () => {
  const { gather, asked, log } = numbers(() => {
    throw refusal;
  });
  expect(await Promise.all([gather.ask(1), gather.ask(2)])).toEqual(['alone 1', 'alone 2']);
  expect(asked).toEqual([[1, 2], 1, 2]);
  expect(log).toEqual([expect.stringContaining('does not answer 2 questions at once')]);
});

it('fails for all of them otherwise, and asks again the next time', async () => {
  let isBroken = true;
  const { gather } = numbers((all) => {
    if (isBroken) throw new ScangateError('SCANGATE_HTTP_CUT', 'the connection broke');
    return all.map((one) => `together ${one}`);
  });
  const outcomes = await Promise.allSettled([gather.ask(1), gather.ask(2)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isBroken = false;
  expect(await Promise.all([gather.ask(1), gather.ask(2)])).toEqual(['together 1', 'together 2']);
});
