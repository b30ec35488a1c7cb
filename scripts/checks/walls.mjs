/**
 * Which room may know which, by the rules of `.dependency-cruiser.cjs` in the working directory. Prints each violation
 * with the sentence of its rule. The count never becomes the exit status: a status is one byte, and 256 would be 0.
 */
import { resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const options = await extractOptions(resolve('.dependency-cruiser.cjs'));
const { output } = await cruise(['packages', 'apps'], options, undefined, {
  tsConfig: extractTsConfig(resolve('tsconfig.base.json')),
});
const { error, totalCruised, violations } = output.summary;

const comments = new Map(options.ruleSet.forbidden.map(({ name, comment }) => [name, comment]));
for (const { rule, from, to, cycle } of violations) {
  const way = cycle === undefined ? to : cycle.map(({ name }) => name).join(' -> ');
  console.log(`${rule.name}: ${from} -> ${way}\n  ${comments.get(rule.name)}`);
}
console.log(`${totalCruised} files, ${error} violations`);
process.exitCode = error > 0 || violations.length > 0 || totalCruised === 0 ? 1 : 0;
