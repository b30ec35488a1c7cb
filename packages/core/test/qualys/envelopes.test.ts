import { describe, expect, it } from 'vitest';
import { faultOfText } from '../../src/qualys/envelopes.js';
import { syntaxOf } from '../../src/qualys/first-bytes.js';
import { simpleReturn } from './support.js';

const serviceResponse = (code: string, words: string) =>
  `<?xml version="1.0"?><ServiceResponse xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <responseCode>${code}</responseCode><responseErrorDetails><errorMessage>${words}</errorMessage></responseErrorDetails>
</ServiceResponse>`;

describe('faultOfText', () => {
  it.each([
    ['1905', 400, 'request'],
    ['1999', 503, 'unavailable'],
    ['999', 500, 'unavailable'],
    ['2000', 401, 'credentials'],
    ['2001', 200, 'permission'],
    ['2011', 403, 'permission'],
    ['1981', 202, 'pending'],
    ['1920', 409, 'request'],
    ['4711', 200, 'answer'],
    ['4711', 500, 'unavailable'],
    ['4711', 409, 'request'],
  ])('SIMPLE_RETURN %s with status %i: %s', (platformCode, status, kind) => {
    expect(faultOfText(simpleReturn(platformCode, 'words'), status, {})).toEqual({
      kind,
      platformCode,
      platformText: 'words',
    });
  });

  it('a SIMPLE_RETURN without a code is no fault', () => {
    expect(faultOfText(simpleReturn(undefined, 'New vm scan launched'), 200, {})).toBeUndefined();
  });

  it('without an XML declaration, with comments and space around the words', () => {
    const text = `\n<!-- note -->\n${simpleReturn('1905', '\n  bad value \n')}\n<!-- end -->`;
    expect(faultOfText(text, 400, {})).toEqual({ kind: 'request', platformCode: '1905', platformText: 'bad value' });
  });

  it.each([
    ['INVALID_REQUEST', 200, 'request'],
    ['NOT_FOUND', 200, 'request'],
    ['INVALID_API_VERSION', 404, 'request'],
    ['INVALID_CREDENTIALS', 200, 'credentials'],
    ['UNAUTHORIZED', 200, 'permission'],
    ['EVALUATION_EXPIRED', 200, 'permission'],
    ['INTERNAL_ERROR', 200, 'unavailable'],
    ['SOMETHING_NEW', 200, 'answer'],
  ])('ServiceResponse %s with status %i: %s', (platformCode, status, kind) => {
    const expected = { kind, platformCode, platformText: 'words' };
    expect(faultOfText(serviceResponse(platformCode, 'words'), status, {})).toEqual(expected);
    const json = { ServiceResponse: { responseCode: platformCode, responseErrorDetails: { errorMessage: 'words' } } };
    expect(faultOfText(JSON.stringify(json), status, {})).toEqual(expected);
  });

  it('a ServiceResponse without a code is no success', () => {
    expect(faultOfText('{"ServiceResponse":{"count":0}}', 200, {})).toEqual({ kind: 'answer' });
  });

  it.each([
    ['{"status":401,"error":"Unauthorized","message":"JWT expired"}', 401, 'credentials', 'Unauthorized, JWT expired'],
    ['{"status":401,"error":"Unauthorized","message":"JWT expired"}', 200, 'credentials', 'Unauthorized, JWT expired'],
    ['{"authentication_exceptions":[["FailedLoginException"]]}', 401, 'credentials', 'FailedLoginException'],
    [
      '{"errorCode":"CMS-2001","message":"You do not have access"}',
      403,
      'permission',
      'CMS-2001, You do not have access',
    ],
    ['{"message":"API rate limit exceeded"}', 503, 'unavailable', 'API rate limit exceeded'],
  ])('gateway %s with status %i: %s', (text, status, kind, platformText) => {
    expect(faultOfText(text, status, {})).toEqual({ kind, platformText });
  });

  it('the legacy return', () => {
    const text = '<GENERIC_RETURN><RETURN status="FAILED" number="2000">Bad Login/Password</RETURN></GENERIC_RETURN>';
    expect(faultOfText(text, 401, {})).toEqual({
      kind: 'credentials',
      platformCode: '2000',
      platformText: 'Bad Login/Password',
    });
    expect(faultOfText('<GENERIC_RETURN><RETURN>No access</RETURN></GENERIC_RETURN>', 403, {})).toEqual({
      kind: 'permission',
      platformText: 'No access',
    });
    expect(
      faultOfText('<GENERIC_RETURN><RETURN status="SUCCESS">ok</RETURN></GENERIC_RETURN>', 200, {}),
    ).toBeUndefined();
  });

  it.each([
    [401, 'credentials'],
    [403, 'permission'],
    [404, 'request'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [302, 'answer'],
  ])('a status of %i without an envelope: %s', (status, kind) => {
    expect(faultOfText('', status, {})).toEqual({ kind });
    expect(faultOfText('no access', status, {})).toEqual({ kind, platformText: 'no access' });
    expect(faultOfText('<broken', status, {})).toEqual({ kind });
    expect(faultOfText('{"broken', status, {})).toEqual({ kind });
  });
});

describe('how long to wait', () => {
  const rate = simpleReturn('1965', 'words', { SECONDS_TO_WAIT: '95' });

  it.each([
    ['the header first', rate, { 'x-ratelimit-towait-sec': '40', 'retry-after': '10' }, 40_000],
    ['then the body', rate, { 'x-ratelimit-towait-sec': '0', 'retry-after': '10' }, 95_000],
    ['then Retry-After', simpleReturn('1965', 'words'), { 'retry-after': '10' }, 10_000],
    [
      'Retry-After as a date, by the clock of the platform',
      simpleReturn('1965', 'words'),
      { 'retry-after': 'Mon, 02 Nov 2026 09:16:00 GMT', date: 'Mon, 02 Nov 2026 09:15:00 GMT' },
      60_000,
    ],
    ['an hour when nothing is said', simpleReturn('1965', 'words'), {}, 3_600_000],
    ['nonsense is nothing said', simpleReturn('1965', 'words'), { 'x-ratelimit-towait-sec': '-5' }, 3_600_000],
  ])('%s', (_, text, headers, waitMs) => {
    expect(faultOfText(text, 409, headers as unknown as Record<string, string>)).toMatchObject({
      kind: 'limit',
      waitMs,
    });
  });

  it('of calls that run at the same time nobody knows it', () => {
    const text = simpleReturn('1960', 'words', { CALLS_TO_FINISH: '2' });
    expect(faultOfText(text, 409, {})).toEqual({ kind: 'limit', platformCode: '1960', platformText: 'words' });
    expect(faultOfText(text, 409, { 'x-ratelimit-towait-sec': '7' })).toMatchObject({ waitMs: 7_000 });
  });

  it('on the gateway', () => {
    expect(faultOfText('', 429, { 'x-ratelimit-towait-sec': '12' })).toEqual({ kind: 'limit', waitMs: 12_000 });
    expect(faultOfText('{"message":"slow down"}', 429, {})).toEqual({
      kind: 'limit',
      waitMs: 3_600_000,
      platformText: 'slow down',
    });
  });
});

describe('syntaxOf', () => {
  it.each([
    ['{"a":1}', 'json'],
    [' \n [1]', 'json'],
    ['\uFEFF{"a":1}', 'json'],
    ['<?xml version="1.0"?><A/>', 'xml'],
    ['<!DOCTYPE SIMPLE_RETURN SYSTEM "x"><SIMPLE_RETURN/>', 'xml'],
    ['<WasScan><name>&lt;html&gt;</name></WasScan>', 'xml'],
    ['<!doctype html><html></html>', 'html'],
    ['<HTML><body>503</body></HTML>', 'html'],
    ['<?xml version="1.0"?>\n<!-- lb -->\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">', 'html'],
    ['<h1>502 Bad Gateway</h1>', 'html'],
    ['<HEADER_LIST/>', 'xml'],
    [' \n', 'empty'],
    ['', 'empty'],
    ['eyJh.eyJh.xx', 'other'],
  ])('%j: %s', (text, syntax) => {
    expect(syntaxOf(text)).toBe(syntax);
  });
});
