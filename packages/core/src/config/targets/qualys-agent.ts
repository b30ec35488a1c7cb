import * as z from 'zod';
import { Duration, scanControl, Text } from './fields.js';

/** The platform has no call that stops a scan of an agent. */
const Keep = z.literal('keep').default('keep').meta({
  description: 'The platform cannot stop a scan of an agent: it ends by itself, and the next run judges it.',
});

export const QualysAgentTarget = z
  .strictObject({
    scanner: z.literal('qualys-agent'),
    host: Text.optional().meta({ description: 'Name of the machine: its full DNS name, asset name or NetBIOS name.' }),
    ip: Text.optional().meta({ description: 'Address of the machine.' }),
    instanceId: Text.optional().meta({ description: 'Id of the cloud instance, such as i-0123456789abcdef0.' }),
    agentId: Text.optional().meta({ description: 'Id of the agent, as in its own configuration.' }),
    maxAge: Duration.optional().meta({
      description: 'Longest time since the last scan of the agent; what is older is inconclusive. Default 24h.',
    }),
    requireAgent: z.boolean().optional().meta({
      description:
        'A machine without an agent is a failed control of severity critical, for golden images. Otherwise it is inconclusive.',
    }),
    onDemand: z
      .union([z.boolean(), z.literal('vulnerability')])
      .optional()
      .meta({ description: 'Ask the agent for a vulnerability scan and wait for its results. Default false.' }),
    overrideCpuLimit: z.boolean().optional().meta({
      description: 'The scan on demand may take more of the processor than the agent is configured to. Default false.',
    }),
    tags: scanControl.tags,
    wait: scanControl.wait,
    onAbort: Keep,
    onTimeout: Keep,
  })
  .refine(
    ({ host, ip, instanceId, agentId }) =>
      [host, ip, instanceId, agentId].filter((one) => one !== undefined).length === 1,
    'give exactly one of host, ip, instanceId and agentId',
  )
  .refine(
    ({ onDemand = false, overrideCpuLimit }) => onDemand !== false || overrideCpuLimit === undefined,
    'overrideCpuLimit is about a scan on demand: set onDemand: true with it',
  );
