import type { Finding } from '../model/finding.js';
import { jsonText } from './escape/json.js';
import type { Reporter } from './reporter.js';

/** `findings.ndjson`: every finding, one a line, written as it arrives. */
export const ndjson: Reporter = {
  format: 'ndjson',
  fileName: 'findings.ndjson',
  create: () => {
    const texts = new CatalogueTexts();
    return { add: ({ finding }) => lineOf(finding, texts), end: () => [] };
  },
};

/** The long texts come last: they are the same for every finding of one vulnerability, and are kept as JSON. */
function lineOf({ description, impact, remediation, ...short }: Finding, texts: CatalogueTexts): string {
  let line = jsonText(short).slice(0, -1);
  if (description !== undefined) line += `,"description":${texts.json(description)}`;
  if (impact !== undefined) line += `,"impact":${texts.json(impact)}`;
  if (remediation !== undefined) line += `,"remediation":${texts.json(remediation)}`;
  return `${line}}\n`;
}

const MAX_TEXTS = 2_000;

/** JSON of texts that come again and again. Bounded: a report in which every text is new is not remembered. */
class CatalogueTexts {
  private readonly known = new Map<string, string>();

  json(text: string): string {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const json = jsonText(text);
    if (this.known.size < MAX_TEXTS) this.known.set(text, json);
    return json;
  }
}
