import { describe, expect, test } from 'vitest';
import { boot } from './support/boot.js';
import { all, at, textOf } from './support/xml.js';

const KB = '/api/3.0/fo/knowledge_base/vuln/';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('the KnowledgeBase', () => {
  test.each([
    ['GET', '2.0', '/'],
    ['GET', '3.0', ''],
    ['POST', '2.0', '/'],
    ['POST', '3.0', ''],
  ])('answers %s %s with or without a slash', async (method, version, slash) => {
    const driver = await boot();
    const path = `/api/${version}/fo/knowledge_base/vuln${slash}`;
    const query = 'action=list&ids=150001,150003-150004';
    const document =
      method === 'GET'
        ? await driver.fo(`${path}?${query}`)
        : await driver.fo(path, { method, body: query, headers: FORM });
    expect(document.reply.status).toBe(200);
    expect(document.reply.headers.get('content-type')).toBe('text/xml;charset=UTF-8');
    expect(document.doctype).toMatch(/^KNOWLEDGE_BASE_VULN_LIST_OUTPUT SYSTEM "http:/);
    expect(document.comments.join()).toMatch(/evaluation.*keep-alive.*evaluation.*CONFIDENTIAL/s);
    expect(all(document.root, 'QID').map(({ text }) => text)).toEqual(['150001', '150003']);
  });

  test('tells CVE, both CVSS, PCI, and texts with markup', async () => {
    const driver = await boot();
    const { root } = await driver.fo(`${KB}?action=list&ids=150440&details=All&show_pci_reasons=1`);
    const vulnerability = at(root, 'RESPONSE', 'VULN_LIST', 'VULN') ?? root;
    expect(all(vulnerability, 'CVE').map((node) => textOf(node, 'ID'))).toEqual(['CVE-2021-44228', 'CVE-2021-45046']);
    expect(textOf(vulnerability, 'CVSS', 'BASE')).toBe('9.3');
    expect(textOf(vulnerability, 'CVSS_V3', 'BASE')).toBe('10.0');
    expect(textOf(vulnerability, 'CVSS_V3', 'CVSS3_VERSION')).toBe('3.1');
    expect(textOf(vulnerability, 'PCI_FLAG')).toBe('1');
    expect(textOf(vulnerability, 'DIAGNOSIS')).toContain('<P>');
    expect(all(vulnerability, 'EXPLT')).toHaveLength(1);
    expect(all(vulnerability, 'PCI_REASON')).toHaveLength(1);
  });

  test('knows every QID that a finding names', async () => {
    const driver = await boot();
    const qids = new Set([...driver.simulator.world.store.findings()].map(({ spec }) => spec.qid));
    const body = `action=list&ids=${[...qids].join(',')}`;
    const { root } = await driver.fo(KB, { method: 'POST', headers: FORM, body });
    expect(new Set(all(root, 'QID').map(({ text }) => Number(text)))).toEqual(qids);
  });

  test.each([
    ['id_min=150520&id_max=150600', ['150528']],
    ['is_patchable=1&id_max=150200', ['38739', '150158']],
    ['ids=150001&published_before=2000-01-01', []],
    ['ids=150001&published_after=2000-01-01T00:00:00Z', ['150001']],
    ['ids=150001&last_modified_after=2000-01-01', ['150001']],
  ])('selects by %s', async (query, expected) => {
    const driver = await boot();
    const { root } = await driver.fo(`${KB}?action=list&${query}`);
    expect(all(root, 'QID').map(({ text }) => text)).toEqual(expected);
  });

  test('gives ids alone, and optional parts when they are asked for', async () => {
    const driver = await boot();
    const none = await driver.fo(`${KB}?action=list&ids=6,150001&details=None`);
    expect(at(none.root, 'RESPONSE', 'ID_SET')?.children.map(({ text }) => text)).toEqual(['6', '150001']);
    const more = 'show_supported_modules_info=1&show_disabled_flag=1&show_qid_change_log=1&echo_request=1';
    const { root } = await driver.fo(`${KB}?action=list&ids=6&${more}`);
    const names = at(root, 'RESPONSE', 'VULN_LIST', 'VULN')?.children.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['SUPPORTED_MODULES', 'IS_DISABLED', 'CHANGE_LOG_LIST']));
    expect(textOf(root, 'REQUEST', 'USER_LOGIN')).toBe('simul_ab1');
  });

  test('answers unknown ids without a list', async () => {
    const driver = await boot();
    const { root } = await driver.fo(`${KB}?action=list&ids=123`);
    expect(at(root, 'RESPONSE')?.children.map(({ name }) => name)).toEqual(['DATETIME']);
  });

  test.each([
    ['colour=red&action=list', '1901'],
    ['ids=6', '1903'],
    ['action=dance', '1905'],
    ['action=list&ids=0', '1905'],
    ['action=list&details=Everything', '1905'],
    ['action=list&is_patchable=yes', '1905'],
    ['action=list&id_min=x', '1905'],
    ['action=list&published_after=yesterday', '1905'],
  ])('refuses %s with code %s', async (query, code) => {
    const driver = await boot();
    const { root, reply } = await driver.fo(`${KB}?${query}`);
    expect([reply.status, root.name, textOf(root, 'RESPONSE', 'CODE')]).toEqual([400, 'SIMPLE_RETURN', code]);
  });

  test('is gone in a version that never was', async () => {
    const driver = await boot();
    const { root, reply } = await driver.fo('/api/1.0/fo/knowledge_base/vuln/?action=list');
    expect([reply.status, root.name]).toEqual([404, 'SIMPLE_RETURN']);
  });
});
