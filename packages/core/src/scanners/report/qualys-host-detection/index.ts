import { DETECTIONS_ROOT, detectionStatement, readDetections } from '../../qualys-vm-detections.js';
import type { ReportReader } from '../reader.js';

/** What the same call answers when it is refused. */
const ERROR_ROOT = 'SIMPLE_RETURN';

/** Answer of the host list detection API in XML, one page of it. */
export const qualysHostDetection: ReportReader = {
  format: 'qualys-host-detection',
  title: 'Qualys VM host detections (XML)',
  recognise: ({ root }) => root?.name === DETECTIONS_ROOT || root?.name === ERROR_ROOT,
  read: async function* ({ chunks }) {
    return detectionStatement(yield* readDetections(chunks));
  },
};
