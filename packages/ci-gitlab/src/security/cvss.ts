import type { Finding } from '@scangate/core/model';
import { brief, terminalText } from '@scangate/core/reporters';

/** The schemas take CVSS 2 and 3, 1 to 10 vectors of at most 128 characters, and metrics in any order. */
const MAX_VECTORS = 10;
const MAX_VECTOR_CHARS = 128;

const METRIC_3 =
  'AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH]|E:[XUPFH]|RL:[XOTWU]|RC:[XURC]|[CIA]R:[XLMH]|MAV:[XNALP]|MAC:[XLH]|MPR:[XNLH]|MUI:[XNR]|MS:[XUC]|M[CIA]:[XNLH]';
const METRIC_2 =
  'AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC]|E:(?:U|POC|F|H|ND)|RL:(?:OF|TF|W|U|ND)|RC:(?:UC|UR|C|ND)|CDP:(?:N|L|LM|MH|H|ND)|TD:(?:N|L|M|H|ND)|[CIA]R:(?:L|M|H|ND)';
const VECTOR_3 = new RegExp(`^CVSS:3[.][01]/(?:(?:${METRIC_3})/)*(?:${METRIC_3})$`);
const VECTOR_2 = new RegExp(`^(?:(?:${METRIC_2})/)*(?:${METRIC_2})$`);
const MIN_CHARS_3 = 32;
const MIN_CHARS_2 = 16;

function isVector(vector: string): boolean {
  if (vector.length > MAX_VECTOR_CHARS) return false;
  return vector.startsWith('CVSS:')
    ? vector.length >= MIN_CHARS_3 && VECTOR_3.test(vector)
    : vector.length >= MIN_CHARS_2 && VECTOR_2.test(vector);
}

/** Vectors in a form that GitLab takes; undefined when there is none. */
export function cvssVectors({ cvss = [] }: Finding): { vendor: string; vector: string }[] | undefined {
  const vectors = cvss.flatMap(({ vector, source = '' }) =>
    vector !== undefined && isVector(vector) ? [{ vendor: terminalText(brief(source, 60)) || 'unknown', vector }] : [],
  );
  return vectors.length === 0 ? undefined : vectors.slice(0, MAX_VECTORS);
}
