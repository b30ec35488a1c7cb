// Preloaded into measured processes: the peak of resident memory, in kilobytes, as the kernel counted it.
const { writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.SCANGATE_BENCH_RSS, String(process.resourceUsage().maxRSS)));
