import * as z from 'zod';
import { CVSS_VERSIONS, FINDING_KINDS, FINDING_STATUSES } from '../model/kinds.js';
import { SEVERITIES } from '../model/severity.js';
import { rangesOf } from './intervals.js';

/*
 * The form of a policy, once: types, validation, defaults, the JSON Schema and the manual's tables come from here.
 * Lists may be written as one value. An empty list is refused: a criterion that matches nothing is a mistake.
 */

const oneOrMany = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1, 'the list is empty')]);

const SeverityName = z.union([z.enum(SEVERITIES), z.int().min(1).max(5)]);

/** QIDs: a number, a range `a-b` (both ends belong to it), or several of them separated by commas. */
const QidText = z
  .string()
  .regex(/^\s*\d+(\s*-\s*\d+)?(\s*,\s*\d+(\s*-\s*\d+)?)*\s*$/, 'expected QIDs such as 38173 or 150001-150010')
  .refine(
    (text) => rangesOf(text).every(([from, to]) => from <= to),
    'a range must run from the smaller to the larger QID',
  )
  .refine(
    (text) => rangesOf(text).every(([from, to]) => to - from < 1_000_000),
    'a range may hold at most 1,000,000 QIDs',
  );
const Qid = z.union([z.int().min(1), QidText]);

const Cve = z
  .string()
  .regex(/^\s*cve-\d{4}-\d{4,}(\s*,\s*cve-\d{4}-\d{4,})*\s*$/i, 'expected CVE names such as CVE-2021-44228');

const Word = z.string().trim().min(1, 'the text is empty');

const from = (least: number, most: number, whole = false) => {
  const number = (whole ? z.int() : z.number()).min(least).max(most);
  return z
    .strictObject({
      atLeast: number.optional().meta({ description: 'Matches values that are >= this.' }),
      atMost: number.optional().meta({ description: 'Matches values that are <= this.' }),
    })
    .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, 'give atLeast or atMost')
    .refine(({ atLeast = least, atMost = most }) => atLeast <= atMost, 'atLeast is larger than atMost');
};

const CvssCriterion = z.strictObject({
  atLeast: z
    .number()
    .gt(0, 'a floor of 0 would match every scored finding; give a score above 0')
    .max(10)
    .meta({ description: 'Matches base scores that are >= this.' }),
  prefer: z
    .array(z.enum(CVSS_VERSIONS))
    .min(1, 'the list is empty')
    .default([...CVSS_VERSIONS])
    .meta({
      description: 'The first of these versions that a finding has is compared; versions not named are not looked at.',
    }),
});

const PackageCriterion = z
  .strictObject({
    name: oneOrMany(Word)
      .optional()
      .meta({ description: 'Package name; * and ? are wildcards. Case does not matter.' }),
    version: Word.optional().meta({ description: 'Version range, such as ">=2.0 <2.17.1" or "1.0 || 1.1".' }),
  })
  .refine(({ name, version }) => name !== undefined || version !== undefined, 'give name or version');

const criteria = {
  severity: z.union([oneOrMany(SeverityName), z.strictObject({ atLeast: SeverityName })]).meta({
    description:
      'Severity word (info, low, medium, high, critical) or Qualys level 1-5; a list, or a floor with atLeast.',
  }),
  kind: oneOrMany(z.enum(FINDING_KINDS)).meta({
    description: 'Kind of finding. Kinds outside the population must also be included.',
  }),
  status: oneOrMany(z.enum(FINDING_STATUSES)).meta({ description: 'Status in the source.' }),
  qid: oneOrMany(Qid).meta({ description: 'Qualys ids: numbers and ranges a-b.' }),
  cve: oneOrMany(Cve).meta({ description: 'CVE names, any case. Matches when the finding has one of them.' }),
  id: oneOrMany(Word).meta({ description: 'Exact id of the vulnerability, check, rule or control in its source.' }),
  cvss: CvssCriterion.meta({ description: 'CVSS base score.' }),
  qds: from(1, 100).meta({ description: 'Qualys detection score.' }),
  epss: from(0, 1).meta({ description: 'EPSS probability, 0 to 1.' }),
  knownExploited: z.boolean().meta({ description: 'Listed as exploited in the wild.' }),
  fixAvailable: z.boolean().meta({ description: 'Whether the source knows a fix.' }),
  pci: z.boolean().meta({ description: "The source's PCI flag." }),
  ageDays: from(0, 36_500, true).meta({ description: 'Whole days since the finding was first seen.' }),
  cwe: oneOrMany(
    z.union([z.int().min(1), z.string().regex(/^\s*cwe-\d+\s*$/i, 'expected a CWE such as CWE-79 or 79')]),
  ).meta({
    description: 'CWE numbers.',
  }),
  owasp: oneOrMany(Word).meta({ description: 'OWASP category, such as A03:2021; A03 matches every year.' }),
  package: PackageCriterion.meta({ description: 'Package name and version range.' }),
  path: oneOrMany(Word).meta({ description: 'Globs over the file path of the finding.' }),
  url: oneOrMany(Word).meta({ description: 'Globs over the URL of the finding; * matches any characters.' }),
  state: oneOrMany(Word).meta({
    description: "State in the source's word, such as the result of a control. Case does not matter.",
  }),
  scanner: oneOrMany(Word).meta({ description: 'Name of the scanner or report format.' }),
  target: oneOrMany(Word).meta({ description: 'Name of the target.' }),
  tags: oneOrMany(Word).meta({ description: 'Matches when the target has one of these tags.' }),
  expression: Word.meta({
    description: 'CEL expression over `finding`, such as finding.cvss.exists(c, c.score > 9.0).',
  }),
};

type Criteria = { [K in keyof typeof criteria]?: z.infer<(typeof criteria)[K]> | undefined };
export type SelectInput = Criteria & {
  anyOf?: SelectInput[] | undefined;
  allOf?: SelectInput[] | undefined;
  not?: SelectInput | undefined;
};

const optional = Object.fromEntries(Object.entries(criteria).map(([key, schema]) => [key, schema.optional()]));

export const Select: z.ZodType<SelectInput> = z
  .lazy(() =>
    z
      .strictObject({
        ...optional,
        anyOf: z
          .array(Select)
          .min(1, 'the list is empty')
          .optional()
          .meta({ description: 'At least one of these selects.' }),
        allOf: z.array(Select).min(1, 'the list is empty').optional().meta({ description: 'All of these select.' }),
        not: Select.optional().meta({ description: 'This does not select.' }),
      })
      .refine(
        (select) => Object.keys(select).length > 0,
        'the selector is empty; leave select out to count everything',
      ),
  )
  .meta({
    id: 'Select',
    description: 'Which findings a rule counts. Keys are AND-ed, values of a list are OR-ed.',
  }) as z.ZodType<SelectInput>;

export const INCLUDABLE = ['default', ...FINDING_KINDS, 'ignored', 'fixed'] as const;

const Include = z.array(z.enum(INCLUDABLE)).min(1, 'the list is empty').meta({
  description:
    'What is looked at: kinds of findings, `default` for confirmed, misconfiguration, secret and control, `ignored` for what the source set aside, `fixed` for what it calls fixed.',
});

export const RuleInput = z
  .strictObject({
    name: Word.max(200).meta({ description: 'Shown in every report; keep it stable, trends hang on it.' }),
    select: Select.optional().meta({ description: 'Which findings count. Left out: all of the population.' }),
    max: z.int().min(0).meta({ description: 'Allowed number: the rule is violated when more findings count.' }),
    action: z.enum(['fail', 'warn']).default('fail').meta({ description: 'What a violation does.' }),
    missing: z
      .enum(['inconclusive', 'ignore', 'fail'])
      .default('inconclusive')
      .meta({ description: 'What to do with a finding whose source did not give a field that the rule looks at.' }),
    include: Include.optional().meta({ description: "Population of this rule; otherwise the policy's." }),
  })
  .meta({ id: 'Rule' });
export type RuleInput = z.infer<typeof RuleInput>;

const Exclude = z
  .strictObject({
    qid: oneOrMany(Qid).optional().meta({ description: 'Qualys ids and ranges.' }),
    cve: oneOrMany(Cve)
      .optional()
      .meta({ description: 'CVE names. A finding is excluded only when all of its CVEs are named.' }),
    rule: oneOrMany(Word).optional().meta({ description: 'Exact ids of vulnerabilities, checks, rules or controls.' }),
  })
  .refine((exclude) => Object.keys(exclude).length > 0, 'the exclusion is empty');

export const PolicyInput = z
  .strictObject({
    include: Include.default(['default']),
    exclude: Exclude.optional().meta({
      description: 'Findings that no rule counts. They stay in the reports, with the reason.',
    }),
    rules: z
      .array(RuleInput)
      .min(1, 'there is no rule')
      .superRefine((rules, context) => {
        const seen = new Set<string>();
        rules.forEach(({ name }, index) => {
          if (seen.has(name))
            context.addIssue({ code: 'custom', path: [index, 'name'], message: `two rules are named "${name}"` });
          seen.add(name);
        });
      })
      .meta({ description: 'Every rule is judged; the worst outcome wins.' }),
    onIncomplete: z.enum(['inconclusive', 'fail', 'warn']).default('inconclusive').meta({
      description:
        'What a scan that did not see everything does. A scan that saw nothing, or a report that cannot be read, is never less than inconclusive.',
    }),
  })
  .meta({ id: 'Policy' });
export type PolicyInput = z.infer<typeof PolicyInput>;
