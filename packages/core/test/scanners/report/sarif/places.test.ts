import { describe, expect, it } from 'vitest';
import { first, type Json } from './logs.js';

const at = (uri: string, more: Json = {}): Json => ({
  locations: [{ physicalLocation: { artifactLocation: { uri, ...more } } }],
});

describe('places of a SARIF result', () => {
  const placeOf = async (result: Json, more?: Json) => (await first(result, more)).location;

  it('decodes paths and leaves out the file scheme', async () => {
    const paths = [
      ['src/a%20b.c', 'src/a b.c'],
      ['file:///C:/code/a.c', 'C:/code/a.c'],
      ['file:///src/a.c', '/src/a.c'],
      ['file:////src/a.c', '/src/a.c'],
      ['file://localhost/src/a.c', '/src/a.c'],
      ['file://share/src/a.c', '//share/src/a.c'],
      ['100%.txt', '100%.txt'],
      ['src\\a.c', 'src\\a.c'],
      ['registry.example/shop:1.4', 'registry.example/shop:1.4'],
    ];
    for (const [uri, path] of paths) expect(await placeOf(at(uri as string))).toEqual({ kind: 'file', path });
  });

  it('puts a relative base before a path and takes an absolute one away', async () => {
    const bases = {
      ROOT: { uri: 'file:///build/' },
      SRC: { uri: 'src/', uriBaseId: 'ROOT' },
      A: { uri: 'a/', uriBaseId: 'B' },
      B: { uri: 'b/', uriBaseId: 'A' },
    };
    const more = { originalUriBaseIds: bases };
    expect(await placeOf(at('x.c', { uriBaseId: 'SRC' }), more)).toEqual({ kind: 'file', path: 'src/x.c' });
    expect(await placeOf(at('x.c', { uriBaseId: 'ROOT' }), more)).toEqual({ kind: 'file', path: 'x.c' });
    expect(await placeOf(at('x.c', { uriBaseId: 'NONE' }), more)).toEqual({ kind: 'file', path: 'x.c' });
    expect(await placeOf(at('file:///build/src/x.c'), more)).toEqual({ kind: 'file', path: 'src/x.c' });
    expect(await placeOf(at('x.c', { uriBaseId: 'A' }), more)).toMatchObject({ kind: 'file' });
    expect(await placeOf(at('x.c', { uriBaseId: '__proto__' }), more)).toEqual({ kind: 'file', path: 'x.c' });
  });

  it('knows web addresses and web requests', async () => {
    expect(await placeOf({ ...at('https://shop.example/a?b=1'), webRequest: { method: 'POST' } })).toEqual({
      kind: 'web',
      url: 'https://shop.example/a?b=1',
      method: 'POST',
    });
    expect(await placeOf({ webRequest: { target: 'https://shop.example/', method: 'GET' } })).toEqual({
      kind: 'web',
      url: 'https://shop.example/',
      method: 'GET',
    });
  });

  it('falls back on a logical place, the analysed target, and nothing', async () => {
    const logical = { locations: [{ logicalLocations: [{ name: 'n', fullyQualifiedName: 'a::n' }] }] };
    expect(await placeOf(logical)).toEqual({ kind: 'control', control: 'r', subject: 'a::n' });
    expect(await placeOf({ locations: [{}, ...(at('x.c').locations as Json[])] })).toEqual({
      kind: 'file',
      path: 'x.c',
    });
    expect(await placeOf({ analysisTarget: { uri: 'app.bin' } })).toEqual({ kind: 'file', path: 'app.bin' });
    expect(await placeOf({ analysisTarget: { uri: 'http://a.example/' } })).toEqual({
      kind: 'web',
      url: 'http://a.example/',
    });
    expect(await placeOf({})).toEqual({ kind: 'none' });
  });

  it('keeps lines and the resource that a logical place of a named kind gives', async () => {
    const physicalLocation = { artifactLocation: { uri: 'a.tf' }, region: { startLine: 3, endLine: 5 } };
    const place = (logicalLocations: Json[]): Json => ({ locations: [{ physicalLocation, logicalLocations }] });
    expect(await placeOf(place([{ kind: 'resource', fullyQualifiedName: 'aws.bucket' }]))).toEqual({
      kind: 'file',
      path: 'a.tf',
      line: 3,
      endLine: 5,
      resource: 'aws.bucket',
    });
    expect(await placeOf(place([{ fullyQualifiedName: 'image@sha256:00:/lib' }]))).toEqual({
      kind: 'file',
      path: 'a.tf',
      line: 3,
      endLine: 5,
    });
    const zero = { locations: [{ physicalLocation: { ...physicalLocation, region: { startLine: 0 } } }] };
    expect(await placeOf(zero)).toEqual({ kind: 'file', path: 'a.tf' });
  });

  it('tells at most ten further places', async () => {
    const locations = Array.from({ length: 14 }, (_, index) => (at(`f${index}.c`).locations as Json[])[0]);
    expect((await first({ locations })).evidence).toBe(
      `m\nAlso at ${Array.from({ length: 10 }, (_, index) => `f${index + 1}.c`).join(', ')} and 3 more.`,
    );
  });
});
