import { describe, expect, test } from 'vitest';
import { boot, launch } from './support/boot.js';
import { all, at, textOf } from './support/xml.js';

const WAS = '/qps/rest/3.0';

describe('downloading results', () => {
  test('gives the bare WasScan in XML', async () => {
    const driver = await boot();
    const { root, reply } = await driver.xml(`${WAS}/download/was/wasscan/1001002`);
    expect([reply.status, root.name, textOf(root, 'stats', 'global', 'nbVulnsTotal')]).toEqual([200, 'WasScan', '16']);
    expect(all(root, 'WasScanVuln')).toHaveLength(16);
    expect(all(root, 'WasScanVuln').some((node) => at(node, 'severity') !== undefined)).toBe(false);
    const [result] = all(root, 'result');
    expect(result?.attributes).toEqual({ base64: 'true' });
    expect(Buffer.from(result?.text ?? '', 'base64').toString()).toContain('simulated evidence');
  });

  test('gives the ServiceResponse in JSON', async () => {
    const driver = await boot();
    const answer = await driver.json(`${WAS}/download/was/wasscan/1001002`);
    const scan = answer.data?.[0]?.WasScan as unknown as { vulns: { count: number; list: readonly unknown[] } };
    expect([scan.vulns.count, scan.vulns.list.length]).toEqual([16, 16]);
  });

  test('leaves out the lists of a clean scan', async () => {
    const driver = await boot();
    const { root } = await driver.xml(`${WAS}/download/was/wasscan/1002001`);
    expect(at(root, 'vulns')?.children.map(({ name }) => name)).toEqual(['count']);
  });

  test('is refused with a ServiceResponse before the results are there', async () => {
    const driver = await boot();
    const id = await launch(driver);
    for (const seconds of [0, 60, 580]) {
      driver.advance(seconds);
      const { root } = await driver.xml(`${WAS}/download/was/wasscan/${id}`);
      expect([root.name, textOf(root, 'responseCode')]).toEqual(['ServiceResponse', 'INVALID_REQUEST']);
    }
  });
});
