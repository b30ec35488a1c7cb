import { DATA_TYPES, readWasAnswer } from '../../qualys-was-answer.js';
import type { ReportReader } from '../reader.js';

/**
 * Answers of the WAS API that hold results, in XML or JSON: a downloaded scan (`download/was/wasscan`, in XML without
 * an envelope) and found findings (`search/was/finding`, `get/was/finding`).
 * https://docs.qualys.com/en/was/api/finding/search_finding.htm and scans/scan_status.htm (read 2026-11-23).
 */
export const qualysWas: ReportReader = {
  format: 'qualys-was',
  title: 'Qualys WAS scan download and findings (XML, JSON)',
  recognise: ({ syntax, root, text, paths }) => {
    if (syntax === 'json') return recogniseJson([...paths.keys()]);
    if (root?.name !== 'ServiceResponse') return root?.name === 'WasScan';
    const type = /<data>\s*<([\w.-]+)/.exec(text)?.[1];
    return type === undefined || DATA_TYPES.includes(type);
  },
  read: ({ head, chunks }) => readWasAnswer(head.syntax === 'xml' ? 'xml' : 'json', chunks),
};

/** By what its data holds; an answer without data by its envelope, which is that of other products too. */
function recogniseJson(paths: readonly string[]): boolean {
  const data = paths.filter((path) => /^ServiceResponse\.data(?:\[\])?\./.test(path));
  if (data.length > 0)
    return data.some((path) => /^ServiceResponse\.data(?:\[\])?\.(?:WasScan|Finding)(?:\.|$)/.test(path));
  return paths.includes('ServiceResponse.responseCode') || paths.some((path) => path.startsWith('WasScan.'));
}
