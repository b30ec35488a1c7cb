export { PolicyInput } from '../policy/schema.js';
export { jsonSchemaOf } from './describe.js';
export { ConfigError, type ConfigMistake } from './mistake.js';
export { parseConfig, parsePolicy } from './parse.js';
export { Config, Target } from './schema.js';
