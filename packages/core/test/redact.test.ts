import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedact, redactValue } from '../src/redact.js';

describe('redact', () => {
  it('leaves text alone when there is no secret', () => {
    expect(createRedact([undefined, '', 'abc'])('abc and nothing')).toBe('abc and nothing');
  });

  it('finds the secret as it is, encoded and escaped', () => {
    const secret = 'p@ss "w&rd"/+ü';
    const redact = createRedact([secret]);
    const basic = Buffer.from(`user:${secret}`).toString('base64');
    for (const text of [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret),
      `<a b="p@ss &quot;w&amp;rd&quot;/+ü"/>`,
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      `Basic ${basic}`,
    ]) {
      expect(redact(text)).toContain('[redacted]');
      expect(redact(text)).not.toContain('w&rd');
    }
  });

  it('hides any secret in any surrounding, plain or base64 at any alignment', () => {
    const secrets = fc.string({ minLength: 9, maxLength: 24, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(secrets, fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), (secret, before, after) => {
        const redact = createRedact([secret]);
        expect(redact(`${before}${secret}${after}`)).not.toContain(secret);
        const encoded = Buffer.from(`${before}${secret}${after}`).toString('base64');
        expect(redact(encoded)).toContain('[redacted]');
      }),
    );
  });
});

describe('redactValue', () => {
  const redact = createRedact(['hunter-22']);

  it('redacts every text, however deep, and leaves what it was given as it was', () => {
    const value = {
      title: 'hunter-22',
      count: 3,
      none: null,
      absent: undefined,
      places: [{ url: 'https://x/?p=hunter-22', port: 443 }, 'fine'],
    };
    const before = structuredClone(value);
    expect(redactValue(value, redact)).toEqual({
      title: '[redacted]',
      count: 3,
      none: null,
      absent: undefined,
      places: [{ url: 'https://x/?p=[redacted]', port: 443 }, 'fine'],
    });
    expect(value).toEqual(before);
  });

  it('copies nothing where there is nothing to redact', () => {
    const clean = { title: 'fine', places: ['here'] };
    const value = { clean, dirty: ['hunter-22'] };
    expect(redactValue(clean, redact)).toBe(clean);
    expect(redactValue(value, redact).clean).toBe(clean);
  });

  it('keeps a member that is named like the prototype', () => {
    const value: unknown = JSON.parse('{"__proto__": "hunter-22", "a": "hunter-22"}');
    expect(JSON.stringify(redactValue(value, redact))).toBe('{"__proto__":"[redacted]","a":"[redacted]"}');
  });

  it('is the same as redacting each text of any value', () => {
    const words = fc.oneof(fc.string(), fc.constant('a hunter-22 b'));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        words,
        fc.integer(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, (any) => {
        const text = JSON.stringify(any);
        expect(JSON.stringify(redactValue(any, redact))).toBe(text.replaceAll('hunter-22', '[redacted]'));
      }),
    );
  });
});
