import { runs } from '../command.js';
import type { CommonFlags, ScanFlags } from '../options.js';
import { runTargets } from '../run-targets.js';

export default runs<CommonFlags & ScanFlags>((context, flags, names) => runTargets(context, flags, names, 'collect'));
