// Host detections as the platform writes them (host list detection 5.0), made page by page: every page has the same
// number of hosts, in ascending order of ids. Deterministic: no clock, no randomness.

export const HOSTS_ON_PAGE = 10;
const DETECTIONS_OF_HOST = 100;
const FIRST_ADDRESS = 10 * 2 ** 24;
const KINDS = ['Confirmed', 'Confirmed', 'Potential', 'Info'];
const STATUSES = ['Active', 'New', 'Re-Opened', 'Fixed'];
const BANDS = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];
const PACKAGES = Array.from(
  { length: 6 },
  (_, at) => `libexample${at}\t1.2.${at}-3+deb12u1\t1.2.${at}-3+deb12u2\t/usr/lib/x86_64-linux-gnu/libexample${at}.so`,
).join('\n');

export const addressOf = (number) =>
  [24, 16, 8, 0].map((shift) => ((FIRST_ADDRESS + number) / 2 ** shift) & 255).join('.');

const dates = (index) => `            <STATUS>${STATUSES[index % 3]}</STATUS>
            <FIRST_FOUND_DATETIME>2026-01-0${1 + (index % 9)}T03:04:05Z</FIRST_FOUND_DATETIME>
            <LAST_FOUND_DATETIME>2026-11-02T09:15:00Z</LAST_FOUND_DATETIME>
            <QDS severity="${BANDS[index % 4]}">${20 + (index % 80)}</QDS>
            <QDS_FACTORS>
              <QDS_FACTOR name="CVSS"><![CDATA[7.${index % 10}]]></QDS_FACTOR>
              <QDS_FACTOR name="CVSS_version"><![CDATA[v3.x]]></QDS_FACTOR>
              <QDS_FACTOR name="epss"><![CDATA[0.00${100 + (index % 900)}]]></QDS_FACTOR>
              <QDS_FACTOR name="CVSS_vector"><![CDATA[AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:L]]></QDS_FACTOR>
            </QDS_FACTORS>
`;

function detection(host, index) {
  return `          <DETECTION>
            <UNIQUE_VULN_ID>${host * 1000 + index}</UNIQUE_VULN_ID>
            <QID>${38000 + ((host * 7 + index) % 900)}</QID>
            <TYPE>${KINDS[index % 4]}</TYPE>
            <SEVERITY>${1 + (index % 5)}</SEVERITY>
            <PORT>${[22, 80, 443, 8443][index % 4]}</PORT>
            <PROTOCOL>tcp</PROTOCOL>
            <SSL>${index % 2}</SSL>
            <RESULTS><![CDATA[Package\tInstalled\tRequired\tPath
${PACKAGES}]]></RESULTS>
${index % 4 === 3 ? '' : dates(index)}            <TIMES_FOUND>${1 + (index % 30)}</TIMES_FOUND>
            <LAST_TEST_DATETIME>2026-11-02T09:15:00Z</LAST_TEST_DATETIME>
            <LAST_UPDATE_DATETIME>2026-11-02T09:20:00Z</LAST_UPDATE_DATETIME>
            <IS_IGNORED>0</IS_IGNORED>
            <IS_DISABLED>0</IS_DISABLED>
            <LAST_PROCESSED_DATETIME>2026-11-02T09:20:00Z</LAST_PROCESSED_DATETIME>
          </DETECTION>
`;
}

function host(number) {
  let detections = '';
  for (let index = 0; index < DETECTIONS_OF_HOST; index++) detections += detection(number, index);
  return `      <HOST>
        <ID>${number + 1}</ID>
        <IP>${addressOf(number)}</IP>
        <TRACKING_METHOD>IP</TRACKING_METHOD>
        <OS><![CDATA[Debian Linux 12]]></OS>
        <DNS><![CDATA[node-${number}.example.test]]></DNS>
        <LAST_SCAN_DATETIME>2026-11-02T09:15:00Z</LAST_SCAN_DATETIME>
        <LAST_VM_SCANNED_DATE>2026-11-02T09:15:00Z</LAST_VM_SCANNED_DATE>
        <LAST_VM_SCANNED_DURATION>480</LAST_VM_SCANNED_DURATION>
        <DETECTION_LIST>
${detections}        </DETECTION_LIST>
      </HOST>
`;
}

/** Page `page` (from 0) of `pages`. `next` is the address of a page by its first host id. */
export function detectionPage(page, pages, next) {
  let hosts = '';
  for (let at = 0; at < HOSTS_ON_PAGE; at++) hosts += host(page * HOSTS_ON_PAGE + at);
  const more =
    page + 1 >= pages
      ? ''
      : `    <WARNING>
      <CODE>1980</CODE>
      <TEXT>${HOSTS_ON_PAGE} record limit exceeded. Use URL to get next batch of results.</TEXT>
      <URL><![CDATA[${next((page + 1) * HOSTS_ON_PAGE + 1)}]]></URL>
    </WARNING>
`;
  return `<?xml version="1.0" encoding="UTF-8" ?>
<!DOCTYPE HOST_LIST_VM_DETECTION_OUTPUT SYSTEM "https://qualysapi.example.test/api/5.0/fo/asset/host/vm/detection/dtd/output.dtd">
<HOST_LIST_VM_DETECTION_OUTPUT>
  <RESPONSE>
    <DATETIME>2026-11-02T10:00:00Z</DATETIME>
    <HOST_LIST>
${hosts}    </HOST_LIST>
${more}  </RESPONSE>
</HOST_LIST_VM_DETECTION_OUTPUT>
<!-- CONFIDENTIAL: made up for a benchmark. //-->
`;
}
