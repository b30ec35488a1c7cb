#!/bin/sh
# Runs scangate in a Script task of Bamboo: `sh run-scangate.sh run`, `... evaluate trivy.json`, and so on. scangate.sh
# lies beside it and finds the program.
#
# Variables of a plan arrive as bamboo_NAME. Those called SCANGATE_... are handed on under their own names, so that
# credentials are plan variables: bamboo.SCANGATE_QUALYS_PASSWORD is masked in the log, since its name says password.
#
# The final tasks of the job read scangate-out/junit.xml and scangate-out/scangate.properties. Where scangate could not
# write them, they say here that there is no verdict: a missing file would be an error of the parser, and hide the cause.
set -u

here=$(dirname "$0")

# Names hold letters, digits and underscores alone; values are never a part of the script.
for name in $(env | sed -n 's/^bamboo_\(SCANGATE_[A-Za-z0-9_]*\)=.*/\1/p'); do
  eval "value=\${bamboo_$name}"
  eval "$name=\$value"
  export "${name?}"
done
out=${SCANGATE_OUT:-scangate-out}

# Files of an earlier build in this working directory are no news of this one.
for name in junit.xml scangate.properties verdict.json findings.ndjson scangate.sarif summary.md report/index.html; do
  rm -f -- "$out/$name"
done

sh "$here/scangate.sh" "$@"
status=$?

if [ "${1:-}" != start ]; then
  mkdir -p "$out" || exit 4
  if [ ! -f "$out/junit.xml" ]; then
    # Green without a verdict is a lie, whoever tells it.
    [ "$status" -ne 0 ] || status=4
    {
      echo '<?xml version="1.0" encoding="UTF-8"?>'
      echo '<testsuites name="scangate" tests="1" failures="0" errors="1" skipped="0" time="0">'
      echo '<testsuite name="policy" tests="1" failures="0" errors="1" skipped="0" time="0">'
      echo '<testcase classname="scangate.policy" name="the policy was judged" time="0">'
      echo "<error message=\"scangate wrote no verdict\" type=\"policy\">scangate wrote no verdict and ended with $status; see the log of the job</error>"
      echo '</testcase>'
      echo '</testsuite>'
      echo '</testsuites>'
    } >"$out/junit.xml"
  fi
  if [ ! -f "$out/scangate.properties" ]; then
    printf 'outcome=inconclusive\nexit_code=%s\n' "$status" >"$out/scangate.properties"
  fi
fi
exit "$status"
