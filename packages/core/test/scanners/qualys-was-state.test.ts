import { describe, expect, it } from 'vitest';
import { hasWasResults, type WasScanState, wasScanProblems } from '../../src/scanners/qualys-was-state.js';

const fine: WasScanState = {
  name: 'was/1.2',
  states: ['SUCCESSFUL', 'FINISHED'],
  authStatus: 'NONE',
  hasAuthRecord: false,
  type: 'VULNERABILITY',
};
const codes = (more: Partial<WasScanState>): string[] => wasScanProblems({ ...fine, ...more }).map(({ code }) => code);

describe('wasScanProblems', () => {
  it.each([
    ['FINISHED', 'SUCCESSFUL', []],
    ['FINISHED', 'FINISHED', []],
    ['FINISHED', 'NO_HOST_ALIVE', ['SCANGATE_SCAN_NOTHING_REACHED']],
    ['FINISHED', 'NO_WEB_SERVICE', ['SCANGATE_SCAN_NOTHING_REACHED']],
    ['FINISHED', 'TIME_LIMIT_REACHED', ['SCANGATE_SCAN_INCOMPLETE']],
    ['FINISHED', 'TIME_LIMIT_EXCEEDED', ['SCANGATE_SCAN_INCOMPLETE']],
    ['FINISHED', 'TO_BE_PROCESSED', ['SCANGATE_SCAN_INCOMPLETE']],
    ['FINISHED', 'PROCESSING', ['SCANGATE_SCAN_INCOMPLETE']],
    ['FINISHED', 'SCAN_INTERNAL_ERROR', ['SCANGATE_SCAN_FAILED']],
    ['FINISHED', 'SCAN_RESULTS_INVALID', ['SCANGATE_SCAN_FAILED']],
    ['FINISHED', 'SCANNER_NOT_AVAILABLE', ['SCANGATE_SCAN_FAILED']],
    ['FINISHED', 'DELETED', ['SCANGATE_SCAN_FAILED']],
    ['FINISHED', 'NOT_USED', ['SCANGATE_SCAN_UNKNOWN_STATE']],
    ['FINISHED', undefined, ['SCANGATE_SCAN_UNKNOWN_STATE']],
    [undefined, 'SUCCESSFUL', ['SCANGATE_SCAN_UNKNOWN_STATE']],
    ['CANCELED', 'CANCELED', ['SCANGATE_SCAN_CANCELLED']],
    ['CANCELED', 'SUCCESSFUL', ['SCANGATE_SCAN_CANCELLED']],
    ['CANCELED', 'CANCELED_WITH_RESULTS', ['SCANGATE_SCAN_INCOMPLETE']],
    ['ERROR', 'SERVICE_ERROR', ['SCANGATE_SCAN_FAILED']],
    ['SUBMITTED', 'NOT_USED', ['SCANGATE_SCAN_INCOMPLETE']],
    ['RUNNING', 'SUCCESSFUL', ['SCANGATE_SCAN_INCOMPLETE']],
    ['SLEEPING', 'SUCCESSFUL', ['SCANGATE_SCAN_UNKNOWN_STATE']],
  ])('judges the status %s with the results status %s', (status, resultsStatus, expected) => {
    expect(codes({ states: [resultsStatus, status] })).toEqual(expected);
  });

  it.each([
    ['Finished', []],
    ['No Host Alive', ['SCANGATE_SCAN_NOTHING_REACHED']],
    ['no web service', ['SCANGATE_SCAN_NOTHING_REACHED']],
    ['Time Limit Reached', ['SCANGATE_SCAN_INCOMPLETE']],
    ['Cancelled with Results', ['SCANGATE_SCAN_INCOMPLETE']],
    ['Canceled', ['SCANGATE_SCAN_CANCELLED']],
    ['Service Errors Detected', ['SCANGATE_SCAN_FAILED']],
    ['Resting', ['SCANGATE_SCAN_UNKNOWN_STATE']],
    ['constructor', ['SCANGATE_SCAN_UNKNOWN_STATE']],
  ])('judges the word "%s" of a report', (word, expected) => {
    expect(codes({ states: [word] })).toEqual(expected);
  });

  it.each([
    ['SUCCESSFUL', true, []],
    ['Successful', true, []],
    ['FAILED', true, ['SCANGATE_SCAN_AUTH_FAILED']],
    ['Failure', true, ['SCANGATE_SCAN_AUTH_FAILED']],
    ['PARTIAL', true, ['SCANGATE_SCAN_AUTH_FAILED']],
    ['FAILED', false, ['SCANGATE_SCAN_AUTH_FAILED']],
    ['NOT_USED', true, ['SCANGATE_SCAN_AUTH_FAILED']],
    ['NONE', true, ['SCANGATE_SCAN_AUTH_FAILED']],
    ['NOT_USED', false, []],
    ['No Authentication specified', false, []],
    ['HALF', false, ['SCANGATE_SCAN_UNKNOWN_STATE']],
    [undefined, true, ['SCANGATE_SCAN_UNKNOWN_STATE']],
    [undefined, false, []],
  ])('judges the login %s, an authentication record given: %s', (authStatus, hasAuthRecord, expected) => {
    expect(codes({ authStatus, hasAuthRecord })).toEqual(expected);
  });

  it.each([
    ['VULNERABILITY', []],
    ['Vulnerability', []],
    [undefined, []],
    ['DISCOVERY', ['SCANGATE_SCAN_INCOMPLETE']],
    ['MALWARE', ['SCANGATE_SCAN_UNKNOWN_STATE']],
  ])('judges the type %s', (type, expected) => {
    expect(codes({ type })).toEqual(expected);
  });

  it('names the scan and its state, cut to a safe length', () => {
    const [problem] = wasScanProblems({ ...fine, states: ['x'.repeat(500)] });
    expect(problem?.message).toMatch(/^the scan was\/1\.2 is in a state that is not known: x{60}\.\.\.$/);
  });
});

describe('hasWasResults', () => {
  it.each([
    ['FINISHED', true],
    ['Canceled with results', true],
    ['Time Limit Exceeded', true],
    ['RUNNING', false],
    ['ERROR', false],
    [undefined, false],
  ])('says of %s: %s', (status, expected) => {
    expect(hasWasResults(status)).toBe(expected);
  });
});
