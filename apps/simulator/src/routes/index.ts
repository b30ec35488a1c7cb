import type { Route } from '../router.js';
import { aboutRoutes } from './about.js';
import { agentRoutes } from './agent-ods.js';
import { hostAssetRoutes } from './am-hostasset.js';
import { csContainerRoutes } from './cs-containers.js';
import { csImageRoutes } from './cs-images.js';
import { csPolicyRoutes } from './cs-policies.js';
import { csRegistryRoutes } from './cs-registry.js';
import { hostRoutes } from './host.js';
import { iacRoutes } from './iac-scan.js';
import { knowledgeBaseRoutes } from './knowledge-base.js';
import { policyRoutes } from './pc-policy.js';
import { postureRoutes } from './pc-posture.js';
import { complianceScanRoutes } from './pc-scan.js';
import { complianceSettingRoutes } from './pc-settings.js';
import { signInRoutes } from './sign-in.js';
import { supportingRoutes } from './supporting.js';
import { connectorRoutes } from './vm-connector.js';
import { vmScanRoutes } from './vm-scan.js';
import { vmSettingRoutes } from './vm-settings.js';
import { findingRoutes } from './was-finding.js';
import { launchRoutes } from './was-launch.js';
import { reportRoutes } from './was-report.js';
import { scanRoutes } from './was-scan.js';
import { settingRoutes } from './was-settings.js';
import { webAppRoutes } from './was-webapp.js';

/** Every route there is; `coverage.ts` says which of them are documented, and what is missing. */
export const ROUTES: readonly Route[] = [
  ...aboutRoutes,
  ...signInRoutes,
  ...hostRoutes,
  ...knowledgeBaseRoutes,
  ...supportingRoutes,
  ...hostAssetRoutes,
  ...vmSettingRoutes,
  ...vmScanRoutes,
  ...connectorRoutes,
  ...settingRoutes,
  ...webAppRoutes,
  ...launchRoutes,
  ...scanRoutes,
  ...findingRoutes,
  ...reportRoutes,
  ...csImageRoutes,
  ...csContainerRoutes,
  ...csRegistryRoutes,
  ...csPolicyRoutes,
  ...agentRoutes,
  ...iacRoutes,
  ...complianceScanRoutes,
  ...policyRoutes,
  ...postureRoutes,
  ...complianceSettingRoutes,
];
