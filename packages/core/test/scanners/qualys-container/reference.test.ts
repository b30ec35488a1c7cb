import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMeant, readReference } from '../../../src/scanners/qualys-images-reference.js';
import { DIGEST, image, OTHER_SHA, SHA } from './platform.js';

describe('a reference is taken apart by the rules of registries', () => {
  it.each([
    ['nginx', { repository: 'nginx' }],
    ['nginx:1.27', { repository: 'nginx', tag: '1.27' }],
    ['shop/api:1.4', { repository: 'shop/api', tag: '1.4' }],
    ['localhost/shop', { registry: 'localhost', repository: 'shop' }],
    ['registry.example:5000/shop/api', { registry: 'registry.example:5000', repository: 'shop/api' }],
    [`registry.example/shop@sha256:${DIGEST}`, { registry: 'registry.example', repository: 'shop', digest: DIGEST }],
    [`shop:2@sha256:${DIGEST}`, { repository: 'shop', tag: '2', digest: DIGEST }],
    [SHA, { id: SHA }],
    [`sha256:${SHA}`, { id: SHA }],
    [SHA.slice(0, 12), { id: SHA.slice(0, 12) }],
  ])('%s', (text, parts) => {
    expect(readReference(text)).toEqual({ text, ...parts });
  });

  it('never lets a sign through that means something in a query', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        let parts: object;
        try {
          parts = readReference(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'SCANGATE_CONFIG_INVALID' });
          return;
        }
        expect(JSON.stringify(Object.values(parts).slice(1))).toMatch(/^\[(?:(?:"[\w.:/-]*"|null),?)*\]$/);
      }),
    );
  });

  it('has one digest, wherever it stands', () => {
    expect(readReference('shop:1', `sha256:${DIGEST}`)).toMatchObject({ repository: 'shop', digest: DIGEST });
    expect(() => readReference(`shop@sha256:${DIGEST}`, `sha256:${SHA}`)).toThrow('one digest');
    expect(() => readReference('shop', 'sha256:12')).toThrow('64 hex digits');
  });
});

describe('an image is meant', () => {
  const hub = image({ repo: [{ registry: 'docker.io', repository: 'library/nginx', tag: '1.27' }] });
  it.each([
    ['nginx:1.27', true],
    ['docker.io/library/nginx:1.27', true],
    ['index.docker.io/nginx', true],
    ['registry.example/nginx:1.27', false],
    ['nginx:1.2', false],
    [SHA.slice(0, 12), true],
    [OTHER_SHA.slice(0, 12), false],
    [`other@sha256:${SHA}`, true],
    [`other@sha256:${DIGEST}`, true],
    [`nginx:1.27@sha256:${OTHER_SHA}`, false],
  ])('by %s: %s', (text, expected) => {
    expect(isMeant(readReference(text), hub, 'image')).toBe(expected);
  });
});
