import type { ReportSketch } from '../../../src/testing/index.js';

export const MODULES_TEXT = `[*] Available modules:
\tblindsql (used by default)
\t\tDetect SQL injection vulnerabilities using blind time-based technique.

${'cookieflags csp exec file http_headers permanentxss redirect sql ssrf xss xxe'
  .split(' ')
  .map((name) => `\t${name} (used by default)\n\t\tWhat ${name} does.\n`)
  .join('\n')}`;

/** As Wapiti 3.0.4 writes it, for the address that it was called with. */
export function wapitiReport(args: readonly string[], sketch: ReportSketch, counts = { found: 2 }): string {
  const url = args[args.indexOf('--url') + 1];
  const entry = (path: string, level: number | string) => ({
    method: 'GET',
    path,
    info: 'XSS vulnerability found via injection in the parameter q',
    level,
    parameter: 'q',
    http_request: 'GET /search?q=x HTTP/1.1',
    curl_command: 'curl "http://127.0.0.1/search?q=x"',
  });
  const entries = [entry('/search', 1), entry('/find', sketch.hasUnknownSeverity ? 'dreadful' : 2)];
  return JSON.stringify({
    classifications: { Anything: { desc: 'It is bad.', sol: 'Mend it.', ref: { 'A page': 'https://example.com/' } } },
    vulnerabilities: { Anything: entries.slice(0, counts.found), Backups: [] },
    anomalies: {},
    additionals: {},
    infos: {
      target: sketch.isForeign ? 'http://127.0.0.1:9/' : url,
      date: new Date(sketch.madeAtMs).toUTCString().replace('GMT', '+0000'),
      version: 'Wapiti 3.0.4',
      scope: 'folder',
    },
  });
}
