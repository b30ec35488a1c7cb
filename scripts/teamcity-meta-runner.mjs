/**
 * Writes the meta-runner for TeamCity servers older than 2025.03 from the recipe, so that both do the same:
 * packages/ci-teamcity/meta-runner/scangate.xml. A test compares them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const path = (relative) => fileURLToPath(new URL(`../packages/ci-teamcity/${relative}`, import.meta.url));

const XML = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
  ['\n', '&#10;'],
]);
const attribute = (text) => text.replace(/[&<>"'\n]/g, (unit) => XML.get(unit));
/** A percent sign would begin the name of a parameter. */
const literal = (text) => text.replaceAll('%', '%%');
/** A value inside a `spec` stands in single quotes; a bar escapes. */
const specText = (text) => text.replace(/[|']/g, (unit) => `|${unit}`);

function parameter(entry) {
  const [[name, { type, label, description, options, ...rest }]] = Object.entries(entry);
  const facts = `label='${specText(label)}' description='${specText(description)}' display='normal'`;
  const data = (options ?? []).map((option, index) => ` data_${index + 1}='${specText(option)}'`).join('');
  const spec = `${type} ${facts}${data}`;
  return `      <param name="${attribute(name)}" value="${attribute(literal(rest.default))}" spec="${attribute(spec)}"/>`;
}

/** The meta-runner as text. */
export function metaRunner() {
  const recipe = parse(readFileSync(path('recipe/scangate.yml'), 'utf8'));
  const [step] = recipe.steps;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!-- Written by scripts/teamcity-meta-runner.mjs from recipe/scangate.yml. Do not edit. -->',
    `<meta-runner name="${attribute(recipe.name)}">`,
    `  <description>${attribute(recipe.description)}</description>`,
    '  <settings>',
    '    <parameters>',
    ...recipe.inputs.map(parameter),
    '    </parameters>',
    '    <build-runners>',
    `      <runner name="${attribute(step.name)}" type="simpleRunner">`,
    '        <parameters>',
    `          <param name="script.content" value="${attribute(literal(step.script))}"/>`,
    '          <param name="teamcity.step.mode" value="default"/>',
    '          <param name="use.custom.script" value="true"/>',
    '        </parameters>',
    '      </runner>',
    '    </build-runners>',
    '    <requirements/>',
    '  </settings>',
    '</meta-runner>',
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(path('meta-runner/scangate.xml'), metaRunner());
