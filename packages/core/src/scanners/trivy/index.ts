import { programScanner } from '../program-scanner.js';
import type { Scanner } from '../scanner.js';
import { trivyCall } from './call.js';
import { TrivyDetails, type TrivyTarget } from './details.js';
import { trivyFindings } from './findings.js';
import { planTrivy } from './plan.js';

/** Container images, file systems and infrastructure templates, by Trivy. https://trivy.dev/ (read 2026-11-23). */
export const trivy: Scanner<TrivyTarget> = programScanner<TrivyTarget, TrivyDetails>({
  name: 'trivy',
  details: TrivyDetails,
  plan: planTrivy,
  call: trivyCall,
  findings: trivyFindings,
});
