import type { ComponentChildren } from 'preact';
import type { Finding } from '../../model/finding.js';
import type { Judgement } from '../../model/judged.js';
import type { Outcome, Reason, Verdict, VerdictRule, VerdictTarget } from '../../model/verdict.js';
import {
  acceptedSentence,
  brief,
  countedOf,
  countsSentence,
  fixOf,
  headline,
  isUndecided,
  missingSentence,
  moreSentence,
  nameOf,
  outcomeWord,
  placeOf,
  reasonsOf,
  ruleSentence,
  type ShownFindings,
  scannerOf,
  severityOf,
  undecidedOf,
  undecidedSentence,
  whereOf,
} from '../describe.js';
import { shorten } from '../escape/shorten.js';
import { terminalBlock, terminalText } from '../escape/terminal.js';

/*
 * No link and no picture: whoever wrote the report that was judged could choose where they lead. Every text goes
 * through `plain` or `lines`, which take out what a reader of the page cannot see; preact escapes the rest.
 */

const MAX_FINDINGS_PER_RULE = 100;
/** Over all rules: a page of some megabytes still opens at once. */
const MAX_FINDINGS = 500;
const MAX_TEXT_CHARS = 4000;
const MAX_NAME_CHARS = 300;

/** Code points that are no characters, and that no well-formed page may hold. */
const visible = (text: string): string => text.replace(/[\ufffe\uffff]/g, '\ufffd');
const plain = (text: string): string => visible(terminalText(brief(text, MAX_NAME_CHARS)));
const lines = (text: string): string => visible(terminalBlock(shorten(text, MAX_TEXT_CHARS)));

const Badge = ({ outcome }: { outcome: Outcome }) => <span class={`outcome ${outcome}`}>{outcomeWord(outcome)}</span>;

const Table = ({ heads, children }: { heads: readonly string[]; children: ComponentChildren }) => (
  <table>
    <thead>
      <tr>
        {heads.map((head) => (
          <th key={head} scope="col">
            {head}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>{children}</tbody>
  </table>
);

const Fact = ({ name, text }: { name: string; text: string | undefined }) =>
  text === undefined || text === '' ? null : (
    <>
      <dt>{name}</dt>
      <dd>{lines(text)}</dd>
    </>
  );

const scoresOf = ({ cvss = [] }: Finding): string =>
  cvss
    .map(({ version, score, vector }) => `${version}: ${score}${vector === undefined ? '' : ` (${vector})`}`)
    .join('\n');

const yesNo = (value: boolean | undefined): string | undefined =>
  value === undefined ? undefined : value ? 'yes' : 'no';

const FindingDetails = ({ finding }: { finding: Finding }) => (
  <details>
    <summary>
      <span class="severity">{plain(severityOf(finding))}</span>
      {plain(nameOf(finding, ': '))}
      {placeOf(finding) === '' ? '' : ` in ${plain(whereOf(finding))}`}
    </summary>
    <dl>
      <Fact name="Target" text={finding.target} />
      <Fact name="Kind" text={finding.kind} />
      <Fact name="To do" text={fixOf(finding, MAX_TEXT_CHARS)} />
      <Fact name="CVSS" text={scoresOf(finding)} />
      <Fact name="Known exploited" text={yesNo(finding.knownExploited)} />
      <Fact name="PCI" text={yesNo(finding.pci)} />
      <Fact name="Status" text={finding.status} />
      <Fact name="First seen" text={finding.firstSeen} />
      <Fact name="Description" text={finding.description} />
      <Fact name="Impact" text={finding.impact} />
      <Fact name="Evidence" text={finding.evidence} />
      <Fact name="Fingerprint" text={finding.fingerprint} />
    </dl>
  </details>
);

const RuleSection = ({ outcome, rule, shown }: { outcome: Outcome; rule: VerdictRule; shown: ShownFindings }) => (
  <section>
    <h2>
      <Badge outcome={outcome} /> {plain(ruleSentence(rule))}
    </h2>
    <Note text={outcome === 'inconclusive' ? undecidedSentence(rule) : missingSentence(rule)} />
    {shown.findings.map((finding, index) => (
      <FindingDetails key={`${finding.fingerprint} ${index}`} finding={finding} />
    ))}
    <Note text={moreSentence(shown.total, shown.findings.length)} />
  </section>
);

const Note = ({ text }: { text: string | undefined }) => (text === undefined ? null : <p>{plain(text)}</p>);

/** Violated rules first, then warnings, then rules that could not decide; as many findings as the page has room for. */
function ruleSections({ verdict, highlights }: Judgement) {
  let room = MAX_FINDINGS;
  const section = (outcome: Outcome, rule: VerdictRule, shown: ShownFindings) => {
    const findings = shown.findings.slice(0, room);
    room -= findings.length;
    return <RuleSection key={`${outcome} ${rule.name}`} outcome={outcome} rule={rule} shown={{ ...shown, findings }} />;
  };
  const numbered = verdict.rules.map((rule, index) => ({ rule, shown: highlights[index] }));
  const broken = (outcome: 'fail' | 'warn') =>
    numbered
      .filter(({ rule }) => rule.outcome === outcome)
      .map(({ rule, shown }) => section(outcome, rule, countedOf(rule, shown, MAX_FINDINGS_PER_RULE)));
  return [
    ...broken('fail'),
    ...broken('warn'),
    ...numbered
      .filter(({ rule }) => isUndecided(rule))
      .map(({ rule, shown }) => section('inconclusive', rule, undecidedOf(rule, shown, MAX_FINDINGS_PER_RULE))),
  ];
}

const Reasons = ({ verdict }: { verdict: Verdict }) => {
  const reasons = (['fail', 'inconclusive', 'warn'] as const).flatMap((outcome) => reasonsOf(verdict, outcome));
  if (reasons.length === 0) return null;
  return (
    <section>
      <h2>Reasons</h2>
      <Table heads={['Outcome', 'Cause', 'To do', 'Code']}>
        {reasons.map(({ outcome, code, message, mend = '' }: Reason, index) => (
          <tr key={`${code} ${index}`}>
            <td>
              <Badge outcome={outcome} />
            </td>
            <td>{plain(message)}</td>
            <td>{plain(mend)}</td>
            <td>{plain(code)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
};

const Rules = ({ rules }: Verdict) => (
  <section>
    <h2>Rules</h2>
    <Table heads={['Outcome', 'Rule', 'Limit', 'Observed', 'Action']}>
      {rules.map((rule) => (
        <tr key={rule.name}>
          <td>
            <Badge outcome={rule.outcome} />
          </td>
          <td>{plain(rule.name)}</td>
          <td>{`${rule.operator} ${rule.limit}`}</td>
          <td>{rule.observed}</td>
          <td>{rule.action}</td>
        </tr>
      ))}
    </Table>
  </section>
);

const Targets = ({ targets }: Verdict) => (
  <section>
    <h2>Targets</h2>
    <Table heads={['Target', 'Scanner', 'State', 'Findings', 'What was seen']}>
      {targets.map((target: VerdictTarget, index) => (
        <tr key={`${target.name} ${index}`}>
          <td>{plain(target.name)}</td>
          <td>{plain(scannerOf(target))}</td>
          <td>{target.state}</td>
          <td>{plain(countsSentence(target))}</td>
          <td>
            {plain(target.subject ?? '')} {plain(target.evidence ?? '')}
          </td>
        </tr>
      ))}
    </Table>
  </section>
);

const ciOf = ({ ci }: Verdict): string =>
  ci === null
    ? ''
    : [
        ci.name,
        ci.buildNumber && `build ${ci.buildNumber}`,
        ci.branch && `branch ${ci.branch}`,
        ci.targetBranch && `into ${ci.targetBranch}`,
        ci.mergeRequest && `merge request ${ci.mergeRequest}`,
        ci.commit && `commit ${ci.commit}`,
      ]
        .filter(Boolean)
        .join(', ');

/** The body of the page. */
export const Page = ({ judgement }: { judgement: Judgement }) => {
  const { verdict } = judgement;
  const { outcome, tool, policy, startedAt, finishedAt } = verdict;
  return (
    <body>
      <h1>
        <Badge outcome={outcome} /> {plain(headline(verdict))}
      </h1>
      <p class="facts">{`scangate ${tool.version}, policy ${plain(policy.source)}, ${startedAt} to ${finishedAt}`}</p>
      {ciOf(verdict) === '' ? null : <p class="facts">{plain(ciOf(verdict))}</p>}
      <Rules {...verdict} />
      <Reasons verdict={verdict} />
      {ruleSections(judgement)}
      <Targets {...verdict} />
      <Note text={acceptedSentence(verdict)} />
      <p class="facts">Every finding, counted or not, is in findings.ndjson.</p>
    </body>
  );
};
