/**
 * The lockfile must work wherever the packages come from: no entry may name the host it was fetched from, and every
 * foreign package must carry its checksum, but for the builds for other platforms (scripts/complete-lock.mjs).
 */
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const problems = Object.entries(packages).flatMap(([path, { resolved, link, integrity, optional }]) => {
  if (link || !path.includes('node_modules/')) return [];
  return [
    ...(resolved === undefined ? [] : [`${path}: names where it was fetched from (${resolved})`]),
    ...(integrity === undefined && !optional ? [`${path}: has no checksum`] : []),
  ];
});

for (const problem of problems) console.log(problem);
if (problems.length > 0) {
  console.log('Run npm install in this folder: its .npmrc sets omit-lockfile-registry-resolved.');
}
process.exitCode = problems.length > 0 ? 1 : 0;
