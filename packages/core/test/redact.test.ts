import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedact } from '../src/redact.js';

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
