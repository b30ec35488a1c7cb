import { ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import type { Severity } from '../../../model/severity.js';
import type { JsonMembers } from '../../../wire/json.js';
import { asObject, listIn, textIn, wordsIn } from '../../../wire/take.js';
import { aliasList, cveNames, cweNumbers, plainText, shorten } from '../../normalise.js';

/*
 * ZAP's codes. https://www.zaproxy.org/docs/constants/ and .../desktop/start/features/alerts/ (read 2026-11-23).
 */

/** `riskcode`. ZAP has no level above high. */
const RISKS: Readonly<Record<string, Severity>> = { '0': 'info', '1': 'low', '2': 'medium', '3': 'high' };

/**
 * `confidence`: 0 false positive, 1 low, 2 medium, 3 high, 4 confirmed. ZAP does not raise an alert as a false positive;
 * a person or an alert filter marks it so. Low means that it may well be nothing.
 */
const FALSE_POSITIVE = '0';
const LOW_CONFIDENCE = '1';

/** One alert with its places, as both syntaxes give it. */
interface ZapAlert {
  members: JsonMembers;
  instances: ZapInstance[];
}

export interface ZapInstance {
  url: string | undefined;
  method: string | undefined;
  parameter: string | undefined;
  attack: string | undefined;
  evidence: string | undefined;
  note: string | undefined;
}

export function instanceOf(members: JsonMembers, at: string): ZapInstance {
  return {
    url: wordsIn(members, 'uri', at),
    method: wordsIn(members, 'method', at),
    parameter: wordsIn(members, 'param', at),
    attack: shorten(wordsIn(members, 'attack', at)),
    evidence: shorten(wordsIn(members, 'evidence', at)),
    note: shorten(plainText(textIn(members, 'otherinfo', at))),
  };
}

/** One finding for each place; an alert that lists none is one finding, at its own address in reports before 2.4. */
export function alertFindings({ members, instances }: ZapAlert, site: string | undefined, at: string): RawFinding[] {
  const common = alertCommon(members, at);
  const places = instances.length > 0 ? instances : [{ ...instanceOf(members, at), note: undefined }];
  const note = shorten(plainText(textIn(members, 'otherinfo', at)));
  return places.map((instance) => ({
    ...common,
    location: {
      kind: 'web',
      url: stableUrl(instance) ?? site,
      method: instance.method,
      parameter: instance.parameter,
    },
    evidence: evidenceOf(instance, note),
  }));
}

function alertCommon(members: JsonMembers, at: string): Omit<RawFinding, 'location'> {
  const name = wordsIn(members, 'alert', at) ?? wordsIn(members, 'name', at);
  const plugin = wordsIn(members, 'pluginid', at);
  // Alerts raised by hand or by a script all have the number -1.
  const id =
    [wordsIn(members, 'alertRef', at), plugin].find((number) => number !== undefined && number !== '-1') ?? name;
  if (id === undefined) throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at} has neither a pluginid nor a name`);
  const tags = tagsOf(members, at);
  const risk = wordsIn(members, 'riskcode', at);
  const confidence = wordsIn(members, 'confidence', at);
  const weakness = wordsIn(members, 'wascid', at);
  const names = [
    ...cveNames(name, ...tags),
    plugin === '-1' ? '' : (plugin ?? ''),
    /^[1-9]\d*$/.test(weakness ?? '') ? `WASC-${weakness}` : '',
  ];
  return {
    vulnerability: {
      source: 'zap',
      id,
      title: name ?? id,
      aliases: aliasList(id, names),
      cwe: cweNumbers([wordsIn(members, 'cweid', at) ?? '']),
      owasp: owaspOf(tags),
      links: linksOf(textIn(members, 'reference', at)),
    },
    kind: risk === '0' ? 'information' : confidence === LOW_CONFIDENCE ? 'potential' : 'confirmed',
    severity: risk !== undefined && Object.hasOwn(RISKS, risk) ? (RISKS[risk] as Severity) : 'unknown',
    vendorSeverity: wordsIn(members, 'riskdesc', at) ?? risk,
    ignored: confidence === FALSE_POSITIVE ? { reason: 'marked as false positive in ZAP' } : undefined,
    description: plainText(textIn(members, 'desc', at)),
    remediation: plainText(textIn(members, 'solution', at)),
  };
}

/** Tags of the reports with requests: a list of `{tag, link}`. */
const tagsOf = (members: JsonMembers, at: string): string[] =>
  listIn(members, 'tags', at).flatMap((value) => wordsIn(asObject(value, `${at}.tags[]`), 'tag', `${at}.tags[]`) ?? []);

/** `OWASP_2021_A03` as `A03:2021`. */
function owaspOf(tags: readonly string[]): string[] | undefined {
  const categories = tags.flatMap((tag) => {
    const [, year, category] = /^OWASP_(\d{4})_(A\d{2})$/.exec(tag) ?? [];
    return category === undefined ? [] : [`${category}:${year}`];
  });
  return categories.length > 0 ? categories : undefined;
}

function linksOf(reference: string | undefined): string[] | undefined {
  const links = plainText(reference)?.match(/https?:\/\/\S+/g);
  return links ? [...new Set(links)] : undefined;
}

/** The address without what ZAP itself put into the attacked parameter, which may differ from scan to scan. */
function stableUrl({ url, parameter, attack }: ZapInstance): string | undefined {
  const start = url?.indexOf('?') ?? -1;
  if (url === undefined || parameter === undefined || attack === undefined || start < 0) return url;
  const query = url.slice(start + 1).split('&');
  const kept = query.map((pair) => (pair.split('=', 1)[0] === parameter ? `${parameter}=` : pair));
  return `${url.slice(0, start)}?${kept.join('&')}`;
}

function evidenceOf(
  { url, method, attack, evidence, note }: ZapInstance,
  alertNote: string | undefined,
): string | undefined {
  const lines = [
    attack === undefined ? undefined : `Attack: ${attack}`,
    attack === undefined || url === undefined ? undefined : `Request: ${method ?? 'GET'} ${shorten(url)}`,
    evidence === undefined ? undefined : `Evidence: ${evidence}`,
    note ?? alertNote,
  ].filter((line) => line !== undefined);
  return lines.length > 0 ? lines.join('\n') : undefined;
}
