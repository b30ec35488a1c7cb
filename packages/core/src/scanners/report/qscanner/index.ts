import { ScangateError } from '../../../errors.js';
import type { RawFinding } from '../../../model/finding.js';
import { type JsonMembers, type JsonRecord, walkJson } from '../../../wire/json.js';
import { asObject, requiredTextIn, streamedIn } from '../../../wire/take.js';
import { QSCANNER_INVENTORY, QSCANNER_MALWARE, QSCANNER_SECRETS } from '../../qscanner-scans.js';
import type { ReportReader } from '../reader.js';
import { malwareFindings, secretFinding } from './normalise.js';
import { checkRoot, statement } from './statement.js';

const records = [QSCANNER_SECRETS, QSCANNER_MALWARE, ...QSCANNER_INVENTORY];
const needs = { [QSCANNER_SECRETS]: ['Target'] };

/**
 * QScanner's own result (`*-ScanResult.json`): an inventory, with the secrets and the malware that were found.
 * https://docs.qualys.com/en/qscanner/latest/output_formats/data_collections_format.htm (read 2026-11-23).
 *
 * The file holds no vulnerabilities: they come back from the platform, in the SARIF report. So a scan of packages is
 * always a problem here, however clean the file looks. `ScansPerformed` is the evidence.
 */
export const qscanner: ReportReader = {
  format: 'qscanner',
  title: 'QScanner scan result (JSON)',
  recognise: ({ paths }) => paths.has('QScannerVersion') || (paths.has('ScansPerformed') && paths.has('SchemaVersion')),
  async *read({ chunks }) {
    let root: JsonMembers = {};
    for await (const batch of walkJson(chunks, { records, needs })) {
      const findings: RawFinding[] = [];
      for (const record of batch) {
        if (record.at === '') {
          root = asObject(record.value, 'report');
          checkRoot(root);
        } else take(record, findings);
      }
      yield findings;
    }
    return statement(root);
  },
};

function take({ at, value, scope }: JsonRecord, findings: RawFinding[]): void {
  if (at === QSCANNER_SECRETS) {
    const path = requiredTextIn(scope.at(-1) ?? {}, 'Target', 'SecretResults[]');
    findings.push(secretFinding(asObject(value, at), path, at));
  } else if (at === QSCANNER_MALWARE) findings.push(...malwareFindings(asObject(value, at), at));
  else if (at === 'SecretResults[]') streamedIn(asObject(value, at), 'Secrets', at);
  else if (at === 'OSResults[]' || at === 'SCAResults[]') checkPackages(asObject(value, at), at);
}

/** A release that writes vulnerabilities beside the packages must not be read as if it did not. */
function checkPackages(result: JsonMembers, at: string): void {
  streamedIn(result, 'Packages', at);
  const unknown = Object.keys(result).find(
    (name) => /vuln/i.test(name) && Object.keys(Object(result[name])).length > 0,
  );
  if (unknown !== undefined) {
    throw new ScangateError('SCANGATE_REPORT_SHAPE', `${at}.${unknown} holds results in a form that is not known`);
  }
}
