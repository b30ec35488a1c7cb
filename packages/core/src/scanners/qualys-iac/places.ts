import type { RawFinding } from '../../model/finding.js';
import type { Contents } from './archive.js';

/*
 * Where a finding lies: the platform names a file of the archive and a resource in it. The file is turned into a path of
 * the repository, and the line is that on which the template declares the resource.
 */

/** A relative path without what says nothing: `./infra/` is `infra`. */
const tidy = (path: string): string[] =>
  path.split(/[/\\]+/).filter((part, index) => part !== '.' && (part !== '' || index === 0));

const isTemplateName = (path: string): boolean => /\.(?:tf|json|ya?ml|template)$/i.test(path);

/** As the platform writes it: `/main.tf`. */
const bare = (path: string): string => path.replace(/\\/g, '/').replace(/^(?:\.?\/)+/, '');

/** Finds the places of findings; without the templates only their paths. */
export class Places {
  private readonly texts = new Map<string, string>();

  constructor(
    private readonly target: string,
    private readonly contents: Contents | undefined,
  ) {}

  place(finding: RawFinding): RawFinding {
    const { location } = finding;
    if (location.kind !== 'file') return finding;
    const name = this.nameOf(bare(location.path));
    const line = location.line ?? this.lineOf(name, location.resource);
    return {
      ...finding,
      location: { ...location, path: this.pathOf(name), ...(line === undefined ? {} : { line }) },
    };
  }

  /** The name in the archive. The platform may put the folder it unpacked to before it. */
  private nameOf(path: string): string {
    const names = this.contents?.byName;
    if (!names || names.has(path)) return path;
    const ends = [...names.keys()].filter((name) => path.endsWith(`/${name}`));
    return ends.sort((a, b) => b.length - a.length)[0] ?? path;
  }

  /** Path of the repository. A target that is one file has one name only. */
  private pathOf(name: string): string {
    const parts = tidy(this.target);
    const isSingle = this.contents
      ? this.contents.templates[0]?.path === this.target
      : isTemplateName(this.target) && parts.at(-1) === name;
    return [...parts, ...(isSingle ? [] : [name])].join('/');
  }

  private lineOf(name: string, resource: string | undefined): number | undefined {
    const text = resource === undefined ? undefined : this.textOf(name);
    return resource === undefined || text === undefined ? undefined : lineOfResource(text, resource);
  }

  private textOf(name: string): string | undefined {
    const known = this.texts.get(name);
    if (known !== undefined) return known;
    const content = this.contents?.byName.get(name);
    if (content === undefined) return undefined;
    const text = new TextDecoder().decode(content);
    this.texts.set(name, text);
    return text;
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A word of Terraform, in quotation marks or without, and not the beginning of a longer one. */
const quoted = (word: string): string => `"?${escaped(word)}(?![\\w-])"?`;

/**
 * The line that declares a resource, counted from 1: `aws_s3_bucket.logs` in Terraform, `AWS::S3::Bucket.Logs` or `Logs`
 * in CloudFormation. Undefined unless there is exactly one such line.
 */
export function lineOfResource(text: string, resource: string): number | undefined {
  const words = resource.replace(/\[[^\]]*\]/g, '').split('.');
  const name = words.at(-1) ?? '';
  if (name === '') return undefined;
  const type = words.at(-2);
  const declarations =
    type === undefined || type.includes('::')
      ? [new RegExp(`^[ \\t]*["']?${escaped(name)}["']?[ \\t]*:`)]
      : [new RegExp(`^[ \\t]*(?:resource|data)[ \\t]+${quoted(type)}[ \\t]+${quoted(name)}`), moduleOf(words)];
  const lines = text.split(/\r\n|\n|\r/);
  const found = lines.flatMap((line, index) => (declarations.some((one) => one?.test(line)) ? [index + 1] : []));
  return found.length === 1 ? found[0] : undefined;
}

/** `module.network` is declared as `module "network"`. */
function moduleOf(words: readonly string[]): RegExp | undefined {
  const [type, name, ...others] = words;
  if (type !== 'module' || name === undefined || others.length > 0) return undefined;
  return new RegExp(`^[ \\t]*module[ \\t]+${quoted(name)}`);
}
