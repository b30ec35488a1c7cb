/** A handful of controls over templates: enough for a result whose numbers depend on what was uploaded. */
import type { IacScan } from './iac.js';
import type { ArchivedFile } from './zip.js';

interface Resource {
  readonly file: string;
  readonly type: string;
  readonly name: string;
  readonly body: string;
}

interface Control {
  readonly id: string;
  readonly name: string;
  readonly criticality: 'HIGH' | 'MEDIUM' | 'LOW';
  readonly types: readonly string[];
  readonly passes: (body: string) => boolean;
  readonly remediation: string;
}

const BUCKETS = ['aws_s3_bucket', 'AWS::S3::Bucket'];

const CONTROLS: readonly Control[] = [
  {
    id: '9101',
    name: 'Simulated control: buckets are not public',
    criticality: 'HIGH',
    types: BUCKETS,
    passes: (body) => !/public-?read/i.test(body),
    remediation: 'Set the access control list to <b>private</b>.',
  },
  {
    id: '9102',
    name: 'Simulated control: buckets keep versions',
    criticality: 'MEDIUM',
    types: BUCKETS,
    passes: (body) => /versioning/i.test(body),
    remediation: 'Turn versioning on.',
  },
  {
    id: '9103',
    name: 'Simulated control: volumes are encrypted',
    criticality: 'LOW',
    types: ['aws_ebs_volume', 'AWS::EC2::Volume'],
    passes: (body) => /encrypted\W+true/i.test(body),
    remediation: 'Turn encryption on.',
  },
];

/** Undefined for a template that cannot be parsed. */
type Parsed = readonly Resource[] | undefined;

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const sign of text.replace(/"(?:\\.|[^"\\])*"/g, '').replace(/#[^\n]*/g, '')) {
    if (sign === '{') depth += 1;
    else if (sign === '}') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

function terraform({ name: file, text }: ArchivedFile): Parsed {
  if (!isBalanced(text)) return undefined;
  const heads = [...text.matchAll(/^[ \t]*resource[ \t]+"([^"]+)"[ \t]+"([^"]+)"[ \t]*\{/gm)];
  return heads.map((head, at) => ({
    file,
    type: head[1] ?? '',
    name: `${head[1]}.${head[2]}`,
    body: text.slice(head.index, heads[at + 1]?.index ?? text.length),
  }));
}

function cloudFormationJson({ name: file, text }: ArchivedFile): Parsed {
  try {
    const { Resources = {} } = JSON.parse(text) as { Resources?: Record<string, { Type?: string }> };
    return Object.entries(Resources).map(([name, resource]) => ({
      file,
      type: resource.Type ?? '',
      name: `${resource.Type}.${name}`,
      body: JSON.stringify(resource),
    }));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function cloudFormationYaml({ name: file, text }: ArchivedFile): Parsed {
  if (/^\t/m.test(text)) return undefined;
  if (!/^Resources:/m.test(text)) return [];
  const heads = [...text.matchAll(/^ {2}(\w+):[ \t]*\n {4}Type:[ \t]*(\S+)/gm)];
  return heads.map((head, at) => ({
    file,
    type: head[2] ?? '',
    name: `${head[2]}.${head[1]}`,
    body: text.slice(head.index, heads[at + 1]?.index ?? text.length),
  }));
}

const isJson = ({ name, text }: ArchivedFile): boolean => /\.json$/i.test(name) || /^\s*\{/.test(text);

interface Kind {
  readonly checkType: string;
  readonly takes: (file: ArchivedFile) => boolean;
  readonly parse: (file: ArchivedFile) => Parsed;
}

const KINDS: readonly Kind[] = [
  { checkType: 'Terraform', takes: ({ name }) => /\.tf$/i.test(name), parse: terraform },
  {
    checkType: 'CloudFormation',
    takes: ({ name }) => /\.(json|ya?ml|template)$/i.test(name),
    parse: (file) => (isJson(file) ? cloudFormationJson(file) : cloudFormationYaml(file)),
  },
];

function checkOf(control: Control, { file, name }: Resource, result: 'PASSED' | 'FAILED', scan: IacScan) {
  return {
    checkId: control.id,
    checkName: control.name,
    criticality: (result === 'FAILED' ? scan.criticality : undefined) ?? control.criticality,
    checkResult: { result },
    filePath: `/${file}`,
    resource: name,
    ...(result === 'FAILED' ? { remediation: control.remediation } : {}),
  };
}

function evaluate({ checkType, takes, parse }: Kind, scan: IacScan) {
  const files = scan.files.filter(takes).map((file) => ({ file, resources: parse(file) }));
  const parsingErrors = files.filter(({ resources }) => resources === undefined).map(({ file }) => `/${file.name}`);
  const pairs = files
    .flatMap(({ resources = [] }) => resources)
    .flatMap((resource) =>
      CONTROLS.filter(({ types }) => types.includes(resource.type)).map((control) => ({ control, resource })),
    );
  if (pairs.length + parsingErrors.length === 0) return [];
  const failed = pairs.filter(({ control, resource }) => !control.passes(resource.body));
  const passed = pairs.filter(({ control, resource }) => control.passes(resource.body));
  const count = (word: string): number => failed.filter(({ control }) => control.criticality === word).length;
  const passedChecks = passed.map(({ control, resource }) => checkOf(control, resource, 'PASSED', scan));
  return [
    {
      checkType,
      results: {
        failedChecks: failed.map(({ control, resource }) => checkOf(control, resource, 'FAILED', scan)),
        passedChecks: scan.onlyFailed ? [] : passedChecks,
        parsingErrors,
      },
      summary: {
        passed: passed.length,
        failed: failed.length + scan.extraFailed,
        failedStats: { high: count('HIGH') + scan.extraFailed, medium: count('MEDIUM'), low: count('LOW') },
        skipped: 0,
        parsingErrors: parsingErrors.length,
      },
    },
  ];
}

/** `result` of a scan: one element for each kind of template that was there. */
export const resultOf = (scan: IacScan): readonly unknown[] =>
  scan.empty ? [] : KINDS.flatMap((kind) => evaluate(kind, scan));
