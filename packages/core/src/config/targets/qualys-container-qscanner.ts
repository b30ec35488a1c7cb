import * as z from 'zod';
import { Text } from './fields.js';

/** How the program `qscanner` is run. */
export const QScannerSettings = z.strictObject({
  program: Text.optional().meta({ description: 'Name in PATH, or path, of the program. Default qscanner.' }),
});
