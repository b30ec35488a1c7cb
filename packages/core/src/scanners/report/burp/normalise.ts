import { ScangateError } from '../../../errors.js';
import type { FindingKind, RawFinding } from '../../../model/finding.js';
import { severityOfWord } from '../../../model/severity.js';
import { child, childrenOf, textAt, type XmlElement } from '../../../wire/xml.js';
import { cveNames, cweNumbers, plainText, shorten } from '../../normalise.js';

/*
 * Burp's words: severity High, Medium, Low, Information, False positive; confidence Certain, Firm, Tentative.
 * https://portswigger.net/burp/documentation/scanner/scan-results (read 2026-11-23).
 */

const FALSE_POSITIVE = 'false positive';

/** Every issue that an extension raises has this type: its name tells what it is. */
const EXTENSION_TYPE = '134217728';

/** The first request of an issue: its method and request line. Headers and bodies are not kept. */
export interface BurpRequest {
  method: string | undefined;
  line: string | undefined;
}

export function issueFinding(issue: XmlElement, request: BurpRequest | undefined): RawFinding {
  const name = textAt(issue, 'name');
  const type = textAt(issue, 'type');
  const id = type === undefined || type === EXTENSION_TYPE ? name : type;
  if (id === undefined) throw new ScangateError('SCANGATE_REPORT_SHAPE', '<issue> has neither a type nor a name');
  const severity = textAt(issue, 'severity');
  const isFalsePositive = severity?.toLowerCase() === FALSE_POSITIVE;
  const classifications = textAt(issue, 'vulnerabilityClassifications');
  return {
    vulnerability: {
      source: 'burp',
      id,
      title: name ?? id,
      aliases: cveNames(name, textAt(issue, 'issueDetail')),
      cwe: cweNumbers(classifications?.match(/\bCWE-\d{1,6}/gi) ?? []),
      links: linksOf(textAt(issue, 'references'), classifications),
    },
    kind: kindOf(severity, textAt(issue, 'confidence')),
    severity: isFalsePositive ? 'unknown' : severityOfWord(severity),
    vendorSeverity: severity,
    ignored: isFalsePositive ? { reason: 'marked as false positive in Burp Suite' } : undefined,
    location: {
      kind: 'web',
      url: urlOf(issue),
      method: request?.method,
      parameter: parameterOf(textAt(issue, 'location')),
    },
    description: plainText(textAt(issue, 'issueBackground')),
    remediation: joined(
      plainText(textAt(issue, 'remediationDetail')),
      plainText(textAt(issue, 'remediationBackground')),
    ),
    evidence: joined(
      shorten(plainText(textAt(issue, 'issueDetail'))),
      ...childrenOf(child(issue, 'issueDetailItems'), 'issueDetailItem')
        .slice(0, 20)
        .map(({ text }) => shorten(plainText(text), 200)),
      request?.line,
    ),
  };
}

function kindOf(severity: string | undefined, confidence: string | undefined): FindingKind {
  if (/^information(?:al)?$|^info$/i.test(severity ?? '')) return 'information';
  return confidence?.toLowerCase() === 'tentative' ? 'potential' : 'confirmed';
}

function urlOf(issue: XmlElement): string | undefined {
  const host = textAt(issue, 'host');
  const path = textAt(issue, 'path');
  if (host === undefined && path === undefined)
    throw new ScangateError('SCANGATE_REPORT_SHAPE', '<issue> has neither a host nor a path');
  return `${host ?? ''}${path ?? ''}`;
}

/** `b_id cookie` of `/basket.jsp [b_id cookie]`; the word `parameter` is left out. */
function parameterOf(location: string | undefined): string | undefined {
  const place = /\[([^[\]]+)\]$/.exec(location?.trim() ?? '')?.[1];
  return place?.replace(/ parameter$/, '');
}

function linksOf(...html: (string | undefined)[]): string[] | undefined {
  const links = html.flatMap((text) =>
    [...(text ?? '').matchAll(/href\s*=\s*["'](https?:\/\/[^"'<>\s]+)["']/gi)].map(([, link]) => link ?? ''),
  );
  return links.length > 0 ? [...new Set(links)] : undefined;
}

function joined(...parts: (string | undefined)[]): string | undefined {
  const texts = parts.filter((part) => part !== undefined && part !== '');
  return texts.length > 0 ? texts.join('\n') : undefined;
}

/** First line of a request, which Burp writes as text or in base64. */
export function requestOf(pair: XmlElement): BurpRequest | undefined {
  const request = child(pair, 'request');
  if (!request) return undefined;
  // A request line is short; what follows is not decoded at all.
  const head = request.text.trim().slice(0, 1200);
  const text = request.attributes.base64 === 'true' ? Buffer.from(head, 'base64').toString('latin1') : head;
  return { method: request.attributes.method, line: shorten(text.split(/\r?\n/, 1)[0], 500) };
}
