import { excerpt } from '../../errors.js';
import { counted, listNames } from '../problem.js';
import type { PlanContext, ScanPlan, ScanServices } from '../scanner.js';
import { archiveOf, type Contents } from './archive.js';
import { detailsJson, type IacDetails, type Selection } from './details.js';
import { DIGEST_TAG, firstScans } from './scan-list.js';
import { type IacTarget, scanNameOf } from './target.js';

/** Reads the templates and makes sure that the platform would take them. Changes nothing. */
export async function planScan(target: IacTarget, context: PlanContext, services: ScanServices): Promise<ScanPlan> {
  const { path, include, exclude = [], gitignore = true } = target;
  const selection: Selection = { path, include, exclude, gitignore };
  const archive = await archiveOf(selection, services.machine);
  // Whether the user may scan at all is better known before the templates leave the machine.
  await firstScans(services);
  const { sha256, templates } = archive;
  const details: IacDetails = { ...selection, sha256, files: templates.length, tags: tagsOf(context, sha256) };
  sayLeftOut(archive, services);
  return {
    target: context.targetName,
    scanner: 'qualys-iac',
    subject: subjectOf(path, archive),
    scanName: scanNameOf(target, context, services),
    details: detailsJson(details),
    historyMs: [],
  };
}

/** The vendor's own action sends the branch under this name. */
function tagsOf({ branch }: PlanContext, sha256: string): IacDetails['tags'] {
  return { ...(branch === undefined ? {} : { BRANCH_NAME: branch }), [DIGEST_TAG]: sha256 };
}

/** Links are named wherever the subject is: what they lead to is not scanned. */
function subjectOf(path: string, { templates, links }: Contents): string {
  const left =
    links.length === 0 ? '' : `; ${counted(links.length, 'link is', 'links are')} not followed: ${namesOf(links)}`;
  return `${counted(templates.length, 'template')} in ${excerpt(path, 200)}${left}`;
}

const namesOf = (names: readonly string[]): string => listNames(names.map((name) => excerpt(name)));

function sayLeftOut({ templates, ignored, excluded }: Contents, services: ScanServices): void {
  services.log(
    `${counted(templates.length, 'template')} archived; Git ignores ${ignored}; ${excluded} are hidden or left out`,
  );
}
