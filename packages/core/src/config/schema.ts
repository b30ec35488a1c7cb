import * as z from 'zod';
import { PolicyInput } from '../policy/schema.js';
import { Text } from './targets/fields.js';
import { QualysAgentTarget } from './targets/qualys-agent.js';
import { QualysContainerTarget } from './targets/qualys-container.js';
import { QualysIacTarget } from './targets/qualys-iac.js';
import { QualysPcTarget } from './targets/qualys-pc.js';
import { QualysRegistryTarget } from './targets/qualys-registry.js';
import { QualysRuntimeTarget } from './targets/qualys-runtime.js';
import { QualysVmTarget } from './targets/qualys-vm.js';
import { QualysWasTarget } from './targets/qualys-was.js';
import { ReportTarget } from './targets/report.js';
import { TrivyTarget } from './targets/trivy.js';
import { WapitiTarget } from './targets/wapiti.js';
import { ZapTarget } from './targets/zap.js';

/*
 * The form of scangate.yml, once (design section 5). Types, validation, the JSON Schema for editors and the manual's
 * tables come from here and from targets/, where each scanner has a file.
 */

const HttpsUrl = z.string().regex(/^https:\/\/[^\s/]+/, 'expected an https:// address');

export const Target = z
  .discriminatedUnion('scanner', [
    ReportTarget,
    QualysWasTarget,
    QualysContainerTarget,
    QualysVmTarget,
    QualysIacTarget,
    QualysAgentTarget,
    QualysRegistryTarget,
    QualysRuntimeTarget,
    QualysPcTarget,
    TrivyTarget,
    WapitiTarget,
    ZapTarget,
  ])
  .meta({ id: 'Target', description: 'What is examined, and by which scanner.' });
export type Target = z.infer<typeof Target>;

const Version = z
  .string()
  .regex(/^\d+\.\d+$/, 'expected a version such as 3.0')
  .optional();

const Network = z.strictObject({
  proxy: z
    .string()
    .regex(/^https?:\/\/[^\s/@]+\/?$/, 'expected http://host:port; credentials of a proxy belong into HTTPS_PROXY')
    .optional()
    .meta({ description: 'Proxy for every call; wins over HTTPS_PROXY. NO_PROXY holds for both.' }),
  caFiles: z.array(Text).min(1, 'the list is empty').optional().meta({
    description: "PEM files of the company's certificate authorities, trusted besides the system's.",
  }),
  clientCertificate: z
    .strictObject({ certificateFile: Text, keyFile: Text })
    .optional()
    .meta({ description: 'PEM files of a client certificate and its key.' }),
});

const QualysPlatform = z
  .strictObject({
    pod: Text.optional().meta({ description: 'Platform code, such as EU1.' }),
    urls: z.strictObject({ api: HttpsUrl, gateway: HttpsUrl, portal: HttpsUrl }).optional().meta({
      description: 'Addresses of a private platform.',
    }),
    versions: z
      .strictObject({ was: Version, am: Version, ca: Version, knowledgeBase: Version })
      .optional()
      .meta({ description: 'Versions in the paths of the API, where the defaults are not served.' }),
    parallelCalls: z.number().int().min(1).max(10).optional().meta({
      description: 'Calls at the same time. All pipelines of a subscription share its limit. Default 1.',
    }),
  })
  .refine(({ pod, urls }) => (pod === undefined) !== (urls === undefined), 'give either pod or urls');

export const Config = z
  .strictObject({
    version: z.literal(1).meta({ description: 'Version of this file format.' }),
    platform: z.strictObject({ qualys: QualysPlatform.optional() }).optional(),
    network: Network.optional(),
    targets: z
      .record(
        z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'a target name holds letters, digits, dot, dash and underscore'),
        Target,
      )
      .refine((targets) => Object.keys(targets).length > 0, 'there is no target')
      .optional()
      .meta({ description: 'Targets by name. The name is part of every fingerprint: keep it stable.' }),
    policy: PolicyInput.optional(),
  })
  .meta({ id: 'Config', title: 'scangate.yml' });
export type Config = z.infer<typeof Config>;
