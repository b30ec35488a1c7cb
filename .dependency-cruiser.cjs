/*
 * The rooms of the project and what each may know. Every rule says, to whoever broke it, where
 * the code likely belongs. test/walls.test.ts plants one violation for each.
 */
const CORE = '^packages/core/src/';
const path = (...places) => `${CORE}(?:${places.join('|')})`;
const OUTSIDE = 'node_modules/';

const MODEL = 'model/';
/** Tables and helpers that know nothing themselves. */
const BASICS = '(?:errors|exit-code|did-you-mean|ip-version)\\.ts$';
const REDACT = 'redact\\.ts$';
const LEAVES = '(?:errors|exit-code|did-you-mean|fingerprint|ip-version|redact)\\.ts$';
const GATE = 'gate(?:\\.ts$|/)';
const ROOMS = [
  MODEL,
  LEAVES,
  GATE,
  'wire/',
  'http/',
  'qualys/',
  'scanners/',
  'scan/',
  'policy/',
  'reporters/',
  'ci/',
  'config/',
  'testing/',
  'index\\.ts$',
];

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** A room of core that may know itself and the places named, and nothing else in core. */
const room = (name, own, known, comment) =>
  rule(name, comment, { path: path(own) }, { path: CORE, pathNot: path(own, ...known) });

const rooms = [
  rule(
    'model-knows-only-zod',
    'The model is the vocabulary that everything else stands on: what computes with these words belongs in the room that does the work.',
    { path: path(MODEL) },
    { pathNot: [path(MODEL), `${OUTSIDE}zod/`] },
  ),
  room(
    'tables-know-only-the-model',
    LEAVES,
    [MODEL, BASICS],
    'The small files beside the rooms are used by all of them: code that needs a room belongs in that room, or in gate.ts.',
  ),
  room(
    'wire-is-syntax-only',
    'wire/',
    [BASICS],
    'The wire room parses syntax and knows no meaning: turn records into findings in scanners/.',
  ),
  room(
    'http-is-transport-only',
    'http/',
    [MODEL, BASICS, REDACT],
    'The http room carries requests for anybody: what one platform says in them belongs in qualys/ or a scanner.',
  ),
  room(
    'qualys-stands-on-http',
    'qualys/',
    [MODEL, BASICS, REDACT, 'http/', 'wire/'],
    'This room holds what all products of the platform share: what one product says belongs in its folder under scanners/.',
  ),
  room(
    'scanners-only-find',
    'scanners/',
    [MODEL, BASICS, 'wire/', 'http/', 'qualys/'],
    'A scanner finds and normalises: judging belongs in policy/, text in reporters/, the order of steps in gate.ts.',
  ),
  rule(
    'scanner-knows-no-other-scanner',
    'Each scanner stands alone: what two of them need belongs in a file directly under scanners/, or in qualys/, and a reader that one of them needs is handed to it.',
    { path: path('scanners/([^/]+)/') },
    { path: path('scanners/[^/]+/'), pathNot: path('scanners/$1/') },
  ),
  rule(
    'report-format-knows-no-other-format',
    'Each report format stands alone: what two of them need belongs in a file directly under scanners/report/ or scanners/.',
    { path: path('scanners/report/([^/]+)/') },
    { path: path('scanners/report/[^/]+/'), pathNot: path('scanners/report/$1/') },
  ),
  room(
    'scan-only-waits',
    'scan/',
    [MODEL, BASICS, 'scanners/scanner\\.ts$'],
    'The scan room starts, awaits and takes up scans of any scanner: what one product says belongs in its folder under scanners/, judging in policy/.',
  ),
  room(
    'policy-only-judges',
    'policy/',
    [MODEL, BASICS],
    'The policy judges findings that are handed to it: getting them belongs in scanners/, showing them in reporters/.',
  ),
  room(
    'reporters-only-render',
    'reporters/',
    [MODEL, BASICS],
    'A reporter turns a verdict into text: deciding belongs in policy/, the dialect of one CI tool in its package ci-*.',
  ),
  room(
    'ci-is-only-a-contract',
    'ci/',
    [MODEL, BASICS, 'reporters/'],
    'The ci room holds the contract of the adapters: the dialect of one CI tool belongs in its package ci-*.',
  ),
  rule(
    'ci-takes-only-types-from-reporters',
    'An adapter is handed written reports and makes none: import the type alone, and leave the making to reporters/.',
    { path: path('ci/') },
    { path: path('reporters/'), dependencyTypesNot: ['type-only'] },
  ),
  room(
    'config-only-reads-text',
    'config/',
    [MODEL, BASICS, 'policy/schema(?:\\.ts$|/)'],
    'The config room turns text into checked settings: what acts on them belongs in policy/, scanners/ or the CLI.',
  ),
  room(
    'gate-knows-no-output',
    GATE,
    [MODEL, LEAVES, 'scanners/', 'policy/'],
    'The gate knows the order of the steps and shows nothing: hand what it finds out through a callback, and let the CLI choose reporters and adapters.',
  ),
  rule(
    'room-is-listed',
    'This folder of core is in no rule, so no wall protects it: put the file into a room that exists, or give the new room a rule in .dependency-cruiser.cjs.',
    {},
    { path: CORE, pathNot: path(...ROOMS) },
  ),
];

const packages = [
  rule(
    'core-knows-nobody-above',
    'Core is a library below adapters and apps: hand in what it needs as an argument, or move the code up.',
    { path: CORE },
    { path: '^apps/|^packages/ci-' },
  ),
  rule(
    'adapter-uses-three-doors',
    'A CI adapter knows @scangate/core/model, /reporters and /ci only: whatever else it needs is handed to it by the CLI.',
    { path: '^packages/(ci-[^/]+)/src/' },
    {
      path: '^(?:packages|apps)/',
      pathNot: ['^packages/$1/', '^packages/core/(?:src|dist)/(?:model|reporters|ci)/index\\.'],
    },
  ),
  rule(
    'adapter-knows-no-other-adapter',
    'Each CI tool has its own package: what two of them need belongs in the ci room of core.',
    { path: '^packages/(ci-[^/]+)/' },
    { path: '^packages/ci-', pathNot: '^packages/$1/' },
  ),
  rule(
    'simulator-stands-alone',
    'The simulator is an independent witness: write the fact again from the API description, for a shared one would hide a misreading on both sides.',
    { path: '^apps/simulator/' },
    { path: '^packages/|^apps/(?!simulator/)|^@?scangate(?:/|$)' },
  ),
  rule(
    'relative-path-stays-in-package',
    'This path climbs out of its package: import the other package by its name.',
    { path: '^((?:packages|apps)/[^/]+)/' },
    { path: '^(?:packages|apps)/', pathNot: '^$1/', dependencyTypes: ['local'] },
  ),
  rule(
    'public-entries-only',
    'This path is not among the exports of that package: import a public entry, or add one to its package.json if others truly need it.',
    {},
    { path: '^@scangate/', couldNotResolve: true },
  ),
];

const everywhere = [
  rule(
    'no-cycle',
    'These files need each other: move what both need into a third, or hand it in as an argument.',
    {},
    { circular: true },
  ),
  rule(
    'source-knows-no-test',
    'A test is no part of what is shipped: move what both need into src, or into the testing room of core if only tests need it.',
    { path: '^(?:packages|apps)/[^/]+/(?:src|bin)/' },
    { path: ['^test/', '^(?:packages|apps)/[^/]+/test/'] },
  ),
  rule(
    'testing-is-for-tests',
    'The testing room brings a test runner with it: only files under test/ may import it.',
    { path: '^(?:packages|apps)/[^/]+/(?:src|bin)/', pathNot: path('testing/') },
    { path: '^packages/core/(?:src|dist)/testing/' },
  ),
  rule(
    'network-stays-in-http',
    'One room speaks to the network, so that proxy, certificates, retries and redaction hold everywhere: use core/src/http.',
    { path: ['^packages/[^/]+/src/', '^apps/cli/src/'], pathNot: path('http/', 'ip-version\\.ts$') },
    { path: `${OUTSIDE}undici/|^undici$|^(?:node:)?(?:net|tls|https?|http2|dgram|dns)(?:/|$)` },
  ),
];

module.exports = {
  forbidden: [...rooms, ...packages, ...everywhere],
  options: {
    doNotFollow: { path: OUTSIDE },
    exclude: { path: '(?:^|/)(?:dist|fixtures|golden)/' },
    // Type-only imports count: a type of another room is knowledge of it too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
};
