/* A stand-in for Wapiti 3.0.4, which ends with status 0 whatever happens. */
const { writeFileSync } = require('node:fs');

const args = process.argv.slice(2);
const mode = process.env.FAKE_MODE ?? 'clean';
const optionOf = (flag) => args[args.indexOf(flag) + 1];

if (args.includes('--version')) {
  console.log(process.env.FAKE_VERSION ?? 'Wapiti 3.0.4');
  process.exit(0);
}
if (args.includes('--list-modules')) {
  for (const name of 'blindsql cookieflags csp exec file http_headers permanentxss redirect sql xss'.split(' ')) {
    console.log(`\t${name} (used by default)\n\t\tIts text.\n`);
  }
  process.exit(0);
}

const entry = {
  method: 'GET',
  path: '/search',
  info: 'XSS',
  level: 3,
  parameter: 'q',
  http_request: '',
  curl_command: '',
};
const report = {
  classifications: { 'Cross Site Scripting': { desc: 'It is bad.', sol: 'Mend it.', ref: {} } },
  vulnerabilities: { 'Cross Site Scripting': mode === 'red' ? [entry] : [] },
  anomalies: {},
  additionals: {},
  infos: {
    target: optionOf('--url'),
    date: new Date(mode === 'stale' ? Date.now() - 86_400_000 : Date.now()).toUTCString().replace('GMT', '+0000'),
    version: 'Wapiti 3.0.4',
    scope: 'folder',
  },
};

async function main() {
  console.log(`[*] Wapiti found ${mode === 'nothing' ? 0 : 4} URLs and forms during the scan`);
  if (process.env.FAKE_CALL) await fetch(process.env.FAKE_CALL).catch(() => undefined);
  console.log('[*] Launching module xss');
  if (mode === 'skipped') console.log('3 requests were skipped due to network issues');
  if (mode !== 'silent') writeFileSync(optionOf('--output'), JSON.stringify(report));
}
main();
