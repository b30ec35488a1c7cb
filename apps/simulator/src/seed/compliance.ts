/** Policies, controls and postures of the demo subscription. Every text is invented. */
import type { ComplianceSeed, Control, PostureRow } from '../model.js';

const DAY = 86_400_000;
const [FIRST, SECOND] = [8001, 8002];
const [DEBIAN, POSTGRES] = [12, 31];
const RUN_SECONDS = 420;

const LABELS = ['MINIMAL', 'MEDIUM', 'SERIOUS', 'CRITICAL', 'URGENT'] as const;

const control = (id: number, value: number, statement: string): Control => ({
  id,
  statement,
  value,
  label: LABELS[value - 1] ?? '',
});

const CONTROLS: readonly Control[] = [
  control(1045, 5, "Status of the 'PermitRootLogin' setting"),
  control(1048, 1, 'Status of the login banner'),
  control(1050, 3, "Permissions of the file '/etc/shadow'"),
  control(1071, 4, 'Status of the firewall'),
  control(1072, 2, 'Status of the mail service'),
  control(1073, 3, 'Status of the time service'),
  control(1074, 2, 'Status of the print service'),
  control(1141, 4, 'Minimum length of a password'),
  control(2181, 3, "Status of the 'ssl' setting of the database"),
  control(11410, 2, 'Maximum age of a password'),
  control(4000, 5, 'Status of the audit service'),
];

type Row = Omit<PostureRow, 'id' | 'policyId' | 'hostId' | 'technologyId'> & { readonly technologyId?: number };

const passed = (...ids: readonly number[]): readonly Row[] =>
  ids.map((controlId) => ({ controlId, status: 'Passed' as const }));

/** Text that has to survive every converter on its way: markup, a CI tool's own command, another alphabet. */
const NASTY = `"'><script>alert(1)</script>&amp;]]>##teamcity[buildStatus]%0a Ελ`;

function firstHost(start: number): readonly Row[] {
  const day = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return [
    {
      controlId: 1045,
      status: 'Failed',
      unexpected: ['yes', NASTY],
      found: ['yes'],
      expected: 'no',
      remediation: 'Set PermitRootLogin to no.',
    },
    ...passed(1048),
    { controlId: 1050, status: 'Failed', next: 'Passed', missing: ['root:shadow 640'] },
    {
      controlId: 1071,
      status: 'Failed',
      exception: { status: 'Approved', end: day(start + 90 * DAY), comment: 'behind another firewall' },
    },
    { controlId: 1072, status: 'Failed', exception: { status: 'Pending', end: '', comment: 'asked for' } },
    { controlId: 1073, status: 'Failed', exception: { status: 'Approved', end: day(start - DAY), comment: 'over' } },
    { controlId: 1074, status: 'Passed', exception: { status: 'Approved', end: 'Never', comment: 'needed here' } },
    { controlId: 1141, status: 'Failed', found: ['6'], expected: '12' },
    { controlId: 11410, status: 'Failed', found: ['never'], expected: '90' },
    { controlId: 2181, technologyId: POSTGRES, instance: 'postgres:1:5432:shop', status: 'Failed', found: ['off'] },
    { controlId: 2181, technologyId: POSTGRES, instance: 'postgres:1:5433:test', status: 'Passed', found: ['on'] },
  ];
}

function rowsOf(start: number): readonly PostureRow[] {
  const all: readonly (readonly [policyId: number, hostId: number, rows: readonly Row[]])[] = [
    [991, FIRST, firstHost(start)],
    [991, SECOND, passed(1045, 1048, 1050, 1071, 1072, 1073, 1074, 1141, 11410)],
    [992, FIRST, passed(1045, 1048, 1072)],
    [992, SECOND, passed(1045, 1048, 1072)],
    [995, FIRST, [...passed(1048), { controlId: 4000, status: 'Error', found: ['the file could not be read'] }]],
  ];
  return all
    .flatMap(([policyId, hostId, rows]) => rows.map((row) => ({ technologyId: DEBIAN, ...row, policyId, hostId })))
    .map((row, at) => ({ ...row, id: 300_001 + at }));
}

export function complianceSeed(start: number, scanMinutes: number | undefined): ComplianceSeed {
  const evaluated = start - 2 * DAY;
  return {
    groups: [
      { id: 7101, title: 'Build hosts', hostIds: [FIRST, SECOND] },
      { id: 7102, title: 'Clean, and quiet', hostIds: [SECOND] },
      { id: 7103, title: 'Nobody', hostIds: [] },
    ],
    tagged: new Map([
      [301, [FIRST]],
      [302, [SECOND]],
    ]),
    enabledHosts: [FIRST, SECOND],
    profiles: [
      { id: 41, name: 'Compliance profile' },
      { id: 42, name: 'Compliance profile, quick' },
    ],
    policies: [
      { id: 991, title: 'CIS Debian 12', active: true, groupIds: [7101], evaluated },
      { id: 992, title: 'House rules', active: true, groupIds: [7101], evaluated },
      { id: 993, title: 'Never evaluated', active: true, groupIds: [] },
      { id: 994, title: 'CIS Debian 9', active: false, groupIds: [], evaluated: start - 400 * DAY },
      { id: 995, title: 'Audit', active: true, groupIds: [7101], evaluated },
    ],
    controls: CONTROLS,
    technologies: [
      { id: DEBIAN, name: 'Debian GNU/Linux 12.x' },
      { id: POSTGRES, name: 'PostgreSQL 15.x' },
    ],
    posture: rowsOf(start),
    runSeconds: scanMinutes === undefined ? RUN_SECONDS : scanMinutes * 60,
  };
}
