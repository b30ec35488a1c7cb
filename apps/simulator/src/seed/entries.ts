/** Makes KnowledgeBase entries out of a few facts; every text is invented. */
import type { Vulnerability } from '../model.js';

export type Kind = 'confirmed' | 'potential' | 'either' | 'information';

const TYPES: Readonly<Record<Kind, Vulnerability['type']>> = {
  confirmed: 'Vulnerability',
  potential: 'Potential Vulnerability',
  either: 'Vulnerability or Potential Vulnerability',
  information: 'Information Gathered',
};

const OWASP = {
  access: ['Broken Access Control', 1],
  crypto: ['Cryptographic Failures', 2],
  injection: ['Injection', 3],
  design: ['Insecure Design', 4],
  configuration: ['Security Misconfiguration', 5],
  outdated: ['Vulnerable and Outdated Components', 6],
  identity: ['Identification and Authentication Failures', 7],
} as const;

const WASC = {
  xss: ['CROSS-SITE SCRIPTING', 8],
  sql: ['SQL INJECTION', 19],
  leakage: ['INFORMATION LEAKAGE', 13],
  traversal: ['PATH TRAVERSAL', 33],
  authentication: ['INSUFFICIENT AUTHENTICATION', 1],
  configuration: ['APPLICATION MISCONFIGURATION', 15],
  transport: ['INSUFFICIENT TRANSPORT LAYER PROTECTION', 4],
} as const;

export interface Facts {
  readonly cwe?: readonly number[];
  readonly owasp?: keyof typeof OWASP;
  readonly wasc?: keyof typeof WASC;
  readonly group?: string;
  /** CVSS v3.1 base score and vector. */
  readonly cvss3?: readonly [string, string];
  /** CVSS v2 base score and vector. */
  readonly cvss2?: readonly [string, string];
  readonly cves?: readonly string[];
  readonly pci?: boolean;
  readonly patchable?: boolean;
  readonly software?: readonly [string, string];
  readonly exploit?: string;
  readonly threats?: readonly (readonly [number, string])[];
  readonly category?: string;
  readonly remote?: boolean;
  readonly authTypes?: readonly string[];
  /** Sentences of the diagnosis, what follows from it, and the mend; made from the title when absent. */
  readonly text?: readonly [string, string, string];
}

const PUBLISHED = Date.UTC(2019, 0, 15, 8);
const DAY = 86_400_000;

const named = (table: readonly [string, number], page: string) => ({
  name: table[0],
  url: `https://taxonomy.example.test/${page}/${table[1]}`,
  code: table[1],
});

function scores(facts: Facts): Pick<Vulnerability, 'cvss2' | 'cvss3'> {
  const { cvss2, cvss3 } = facts;
  const temporal = (base: string): string => (Math.round(Number(base) * 9) / 10).toFixed(1);
  return {
    ...(cvss2 && {
      cvss2: { base: cvss2[0], temporal: temporal(cvss2[0]), vector: `CVSS:2.0/${cvss2[1]}/E:POC/RL:W/RC:C` },
    }),
    ...(cvss3 && {
      cvss3: {
        base: cvss3[0],
        temporal: temporal(cvss3[0]),
        vector: `CVSS:3.1/${cvss3[1]}/E:P/RL:W/RC:C`,
        version: '3.1',
      },
    }),
  };
}

function references(facts: Facts): Partial<Vulnerability> {
  const { software, cves, exploit, threats, authTypes, owasp, wasc } = facts;
  return {
    ...(software && { software: { product: software[0], vendor: software[1] } }),
    ...(cves && { cves }),
    ...(exploit && { exploit }),
    ...(threats && { threats: threats.map(([id, name]) => ({ id, name })) }),
    ...(authTypes && { authTypes }),
    ...(owasp && { owasp: named(OWASP[owasp], 'owasp') }),
    ...(wasc && { wasc: named(WASC[wasc], 'wasc') }),
    ...(facts.cwe && { cwe: facts.cwe }),
    ...(facts.group && { group: facts.group }),
  };
}

function paragraphs(
  title: string,
  kind: Kind,
  text: Facts['text'],
): Pick<Vulnerability, 'diagnosis' | 'consequence' | 'solution'> {
  const [diagnosis, consequence, solution] = text ?? [
    `The simulated scanner saw: ${title}.`,
    'What follows from it is invented for this simulator.',
    'Follow the guide of the product &amp; scan again.',
  ];
  // Markup inside CDATA, as the platform sends it: a client has to show it as text.
  if (kind === 'information') return { diagnosis: `${diagnosis}<P>\n` };
  return {
    diagnosis: `${diagnosis}<P>\n<B>Note</B>: entities such as &quot;quotes&quot; come along.<BR>`,
    consequence: ` ${consequence}<P>`,
    solution: `<P>${solution}<P>More: <A HREF="https://help.example.test/mend" TARGET="_blank">the invented guide</A>`,
  };
}

export function entry(qid: number, title: string, severity: number, kind: Kind, facts: Facts = {}): Vulnerability {
  return {
    qid,
    type: TYPES[kind],
    severity,
    title,
    category: facts.category ?? (kind === 'information' && qid < 100_000 ? 'Information gathering' : 'Web Application'),
    published: PUBLISHED + (qid % 1500) * DAY,
    modified: PUBLISHED + ((qid % 1500) + 400) * DAY,
    patchable: facts.patchable ?? false,
    ...paragraphs(title, kind, facts.text),
    ...scores(facts),
    pci: facts.pci ?? false,
    remote: facts.remote ?? true,
    ...references(facts),
    ...(facts.patchable ? { additionalInfo: 'Patch Available' } : {}),
  };
}
