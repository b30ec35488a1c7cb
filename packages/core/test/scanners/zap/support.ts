import type { ReportSketch } from '../../../src/testing/index.js';

export const ZAP_VERSION_TEXT = `Found Java version 17.0.13
Available memory: 7947 MB
Using JVM args: -Xmx1986m
2.15.0
`;

/** The plan that ZAP is given. */
export interface ZapPlan {
  env: { contexts: { name: string; urls: string[]; includePaths: string[] }[]; parameters: Record<string, boolean> };
  jobs: { type: string; parameters: Record<string, unknown> }[];
}

export const planIn = (files: Readonly<Record<string, string>>): ZapPlan =>
  JSON.parse(files['zap-plan.yaml'] ?? '') as ZapPlan;

/** As ZAP 2.15 writes it by the template `traditional-json`, for the address in the plan. */
export function zapReport(files: Readonly<Record<string, string>>, sketch: ReportSketch): string {
  const url = planIn(files).env.contexts[0]?.urls[0] ?? '';
  const alert = (pluginid: string, riskcode: string) => ({
    pluginid,
    alert: `Alert ${pluginid}`,
    riskcode,
    confidence: '2',
    riskdesc: 'High (Medium)',
    desc: '<p>It is bad.</p>',
    instances: [{ uri: `${url}search?q=x`, method: 'GET', param: 'q', attack: 'x', evidence: 'x' }],
    count: '1',
    solution: '<p>Mend it.</p>',
    cweid: '79',
  });
  return JSON.stringify({
    '@programName': 'ZAP',
    '@version': '2.15.0',
    created: new Date(sketch.madeAtMs).toISOString(),
    site: [
      {
        '@name': sketch.isForeign ? 'http://127.0.0.1:9' : new URL(url).origin,
        '@host': '127.0.0.1',
        alerts: [alert('40012', '3'), alert('10020', sketch.hasUnknownSeverity ? '9' : '1')],
      },
    ],
  });
}
