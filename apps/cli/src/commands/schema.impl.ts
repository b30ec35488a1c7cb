import { didYouMean, ScangateError } from '@scangate/core';
import { Config, jsonSchemaOf, PolicyInput } from '@scangate/core/config';
import { Finding, Verdict } from '@scangate/core/model';
import { runs } from '../command.js';

const SCHEMAS = { config: Config, policy: PolicyInput, verdict: Verdict, finding: Finding } as const;

export default runs<Record<never, never>>(({ process }, _, [name = 'config']) => {
  const known = Object.keys(SCHEMAS);
  if (!Object.hasOwn(SCHEMAS, name)) {
    throw new ScangateError('SCANGATE_CLI_USAGE', `no schema "${name}"${didYouMean(name, known)}`, {
      mend: `schemas: ${known.join(', ')}`,
    });
  }
  process.stdout.write(`${JSON.stringify(jsonSchemaOf(SCHEMAS[name as keyof typeof SCHEMAS]), null, 2)}\n`);
  return 'pass';
});
