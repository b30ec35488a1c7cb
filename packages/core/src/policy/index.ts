export { compilePolicy, type Policy, type Population, type Rule } from './compile.js';
export { Judge, type Judged, type JudgeTarget, problemOf, TargetJudge } from './evaluate.js';
export { INCLUDABLE, PolicyInput, RuleInput, Select, type SelectInput } from './schema.js';
