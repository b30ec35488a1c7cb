import { asObject, flagIn, numberIn, requiredTextIn, textsIn } from '../../wire/take.js';
import type { Json, ScanPlan } from '../scanner.js';

/** Which files of the machine are the templates. */
export interface Selection {
  path: string;
  include?: string[] | undefined;
  exclude: string[];
  gitignore: boolean;
}

/** What a plan holds beside its names. It goes through a state file, so it is read back and not trusted. */
export interface IacDetails extends Selection {
  /** Of the names and contents of the templates, hex. */
  sha256: string;
  /** How many there are. */
  files: number;
  /** By name, as the vendor's own action sends them: `BRANCH_NAME`. */
  tags: { [name: string]: string };
}

export const detailsJson = (details: IacDetails): Json => JSON.parse(JSON.stringify(details)) as Json;

/** Throws `SCANGATE_REPORT_SHAPE` for a plan that is not ours. */
export function detailsOf({ details: value }: ScanPlan): IacDetails {
  const at = 'plan.details';
  const details = asObject(value, at);
  const tags = asObject(details.tags, `${at}.tags`);
  return {
    path: requiredTextIn(details, 'path', at),
    include: details.include === undefined ? undefined : textsIn(details, 'include', at),
    exclude: textsIn(details, 'exclude', at),
    gitignore: flagIn(details, 'gitignore', at) ?? true,
    sha256: requiredTextIn(details, 'sha256', at),
    files: numberIn(details, 'files', at) ?? 0,
    tags: Object.fromEntries(Object.keys(tags).map((name) => [name, requiredTextIn(tags, name, `${at}.tags`)])),
  };
}
