// Preloaded into measured processes: peak of resident memory in kilobytes and processor time in milliseconds, as the
// kernel counted them.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.SCANGATE_BENCH_COST, `${maxRSS} ${(userCPUTime + systemCPUTime) / 1000}`);
});
