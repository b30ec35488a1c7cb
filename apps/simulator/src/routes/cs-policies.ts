import type { CsPolicy } from '../cs-model.js';
import type { Route } from '../router.js';
import { csRoute, json, listed, notKnown } from './cs-route.js';

const record = (policy: CsPolicy): Record<string, unknown> => ({
  uuid: policy.uuid,
  policyName: policy.name,
  policyType: policy.type,
  policyMode: policy.active ? 'ACTIVE' : 'INACTIVE',
  version: 1,
  isDefault: policy.isDefault,
  tagIds: [],
  centralizedPolicyRules: policy.rules.map(({ name, type, meta }, at) => ({
    name,
    type,
    action: 'DENY',
    isEnabled: true,
    stopProcessing: false,
    sortOrder: at + 1,
    // A JSON document inside a text.
    metaData: JSON.stringify(meta),
  })),
});

export const csPolicyRoutes: readonly Route[] = [
  csRoute('GET', '/centralizedPolicy', (context) => listed(context, context.world.store.cs.seed.policies, {}, record)),
  csRoute('GET', '/centralizedPolicy/:uuid', (context) => {
    const policy = context.world.store.cs.seed.policies.find(({ uuid }) => uuid === context.path.uuid);
    return policy ? json(record(policy)) : notKnown(context, 'policy');
  }),
];
