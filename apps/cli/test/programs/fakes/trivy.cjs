/* A stand-in for Trivy: writes what FAKE_MODE says to where --output says. */
const { appendFileSync, writeFileSync } = require('node:fs');
const { spawn } = require('node:child_process');

const args = process.argv.slice(2);
const mode = process.env.FAKE_MODE ?? 'clean';
const optionOf = (flag) => args[args.indexOf(flag) + 1];

if (args.includes('--version')) {
  console.log(process.env.FAKE_VERSION ?? 'Version: 0.58.1');
  process.exit(0);
}

const vulnerability = {
  VulnerabilityID: 'CVE-2099-0001',
  PkgName: 'libdemo',
  InstalledVersion: '1',
  FixedVersion: '2',
  Severity: 'CRITICAL',
};
const report = {
  SchemaVersion: 2,
  CreatedAt: new Date(mode === 'stale' ? Date.now() - 86_400_000 : Date.now()).toISOString(),
  ArtifactName: mode === 'foreign' ? 'something-else' : args.at(-1),
  ArtifactType: 'filesystem',
  Results: [
    {
      Target: 'package-lock.json',
      Class: 'lang-pkgs',
      Type: 'npm',
      Packages: [{ ID: 'libdemo@1', Name: 'libdemo', Version: '1' }],
      ...(mode === 'red' || mode === 'red-and-failed' ? { Vulnerabilities: [vulnerability] } : {}),
    },
  ],
};

console.error('INFO\tVulnerability scanning is enabled');
if (mode === 'forever') {
  const grandchild = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], {
    stdio: 'inherit',
  });
  appendFileSync(process.env.FAKE_PIDS, `${process.pid}\n${grandchild.pid}\n`);
  console.error('INFO\tGoing on and on');
  setInterval(() => {}, 1000);
} else if (mode === 'silent') {
  process.exit(0);
} else if (mode === 'failed') {
  console.error('FATAL\tthe database cannot be downloaded');
  process.exit(1);
} else {
  const text = JSON.stringify(report);
  writeFileSync(optionOf('--output'), mode === 'half' ? text.slice(0, text.length / 2) : mode === 'empty' ? '' : text);
  process.exit(mode === 'red-and-failed' ? 1 : 0);
}
