// WARNING: broken on purpose, for scanners only. Never run it where anybody else can reach it, never copy from it.
// It listens on 127.0.0.1 alone, holds no data, and shell, disk and network are out of its reach.
//
//   node app.mjs [PORT]      without PORT the system chooses one; the only line printed is the address
import { createServer } from 'node:http';

const page = (title, body) => `<!doctype html><title>${title}</title><h1>${title}</h1>${body}`;
const products = [
  { id: 1, name: 'Teapot' },
  { id: 2, name: 'Kettle' },
];
const comments = [];

const routes = {
  // A session cookie without HttpOnly, Secure and SameSite; no Content-Security-Policy; no header that hardens anything.
  '/': () => ({
    headers: { 'set-cookie': 'session=1f6a; Path=/' },
    body: page(
      'Shop',
      `<a href="/search?q=tea">Search</a> <a href="/product?id=1">Product</a> <a href="/leave?to=/">Leave</a>
       <form method="post" action="/comment"><input name="text" value="hello"><button>Send</button></form>`,
    ),
  }),
  // Cross-site scripting: the words of the visitor become markup.
  '/search': (query) => ({ body: page('Search', `<p>Nothing found for ${query.get('q') ?? ''}</p>`) }),
  // SQL injection: a quote reaches the (pretended) database, and its error message reaches the visitor.
  '/product': (query) => {
    const id = query.get('id') ?? '';
    if (/['"\\]/.test(id)) {
      const message = `You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version near '${id.length}'`;
      return { status: 500, body: page('Error', `<pre>${message}</pre>`) };
    }
    return { body: page('Product', products.find((product) => String(product.id) === id)?.name ?? 'unknown') };
  },
  // Open redirect: the visitor is sent wherever the link says.
  '/leave': (query) => ({ status: 302, headers: { location: encodeURI(query.get('to') ?? '/') }, body: '' }),
  // Stored cross-site scripting: what one visitor writes is markup for the next.
  '/comments': () => ({ body: page('Comments', comments.map((text) => `<p>${text}</p>`).join('')) }),
  '/comment': (query) => {
    comments.push(query.get('text') ?? '');
    return { status: 303, headers: { location: '/comments' }, body: '' };
  },
};

async function answer(request) {
  let sent = '';
  for await (const chunk of request) sent += chunk;
  const url = new URL(request.url, 'http://127.0.0.1');
  const query = request.method === 'POST' ? new URLSearchParams(sent) : url.searchParams;
  return routes[url.pathname]?.(query) ?? { status: 404, body: page('Not found', '') };
}

const server = createServer((request, response) => {
  const send = ({ status = 200, headers = {}, body }) =>
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
  answer(request).then(send, (error) => send({ status: 400, body: page('Bad request', error.name) }));
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
