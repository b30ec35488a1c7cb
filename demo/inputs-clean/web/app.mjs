// The small shop of ../../inputs/web/app.mjs, mended. Two low findings stay: Wapiti asks for X-XSS-Protection, which
// browsers have given up, and for Strict-Transport-Security, which means nothing without TLS.
//
//   node app.mjs [PORT]      without PORT the system chooses one; the only line printed is the address
import { createServer } from 'node:http';

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
const page = (title, body) => `<!doctype html><title>${title}</title><h1>${title}</h1>${body}`;
const products = new Map([
  ['1', 'Teapot'],
  ['2', 'Kettle'],
]);
const EXITS = new Set(['/', '/search']);

const routes = {
  '/': () => ({
    headers: { 'set-cookie': 'session=1f6a; Path=/; HttpOnly; Secure; SameSite=Strict' },
    body: page(
      'Shop',
      '<a href="/search?q=tea">Search</a> <a href="/product?id=1">Product</a> <a href="/leave?to=/">Leave</a>',
    ),
  }),
  '/search': (query) => ({ body: page('Search', `<p>Nothing found for ${escapeHtml(query.get('q') ?? '')}</p>`) }),
  '/product': (query) => ({ body: page('Product', products.get(query.get('id') ?? '') ?? 'unknown') }),
  '/leave': (query) => {
    const to = query.get('to') ?? '/';
    return { status: 302, headers: { location: EXITS.has(to) ? to : '/' }, body: '' };
  },
};

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const server = createServer((request, response) => {
  const send = ({ status = 200, headers = {}, body }) =>
    response.writeHead(status, { ...HEADERS, ...headers }).end(body);
  try {
    const url = new URL(request.url, 'http://127.0.0.1');
    send(routes[url.pathname]?.(url.searchParams) ?? { status: 404, body: page('Not found', '') });
  } catch {
    send({ status: 400, body: page('Bad request', '') });
  }
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
