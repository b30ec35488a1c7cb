#!/usr/bin/env bash
# Runs scangate with the parameters of the orb, which come in PARAM_... variables: nothing of them is ever part of a
# script. Lists hold one entry a line, since an entry may hold blanks. No here-documents: two angle brackets are a
# parameter to the reader of an orb.
set -euo pipefail

words=("$PARAM_SUBCOMMAND")

# append OPTION VALUE: both, unless the value is empty.
append() {
  if [ -n "$2" ]; then words+=("$1" "$2"); fi
}

# append_each OPTION LINES: each line, after the option if that is not empty.
append_each() {
  local line IFS=$'\n'
  set -f
  for line in $2; do
    if [ -n "$1" ]; then words+=("$1"); fi
    words+=("$line")
  done
  set +f
}

append --config "${PARAM_CONFIG:-}"
if [ "$PARAM_SUBCOMMAND" != evaluate ]; then append --state "${PARAM_STATE:-}"; fi
if [ "$PARAM_SUBCOMMAND" != start ]; then
  append --policy "${PARAM_POLICY:-}"
  append --out "${PARAM_OUT:-}"
  append_each --fail-on "${PARAM_FAIL_ON:-}"
fi
append_each '' "${PARAM_OPTIONS:-}"
# What follows is a name, whatever it begins with.
words+=(--)
append_each '' "${PARAM_TARGETS:-}"
append_each '' "${PARAM_REPORTS:-}"

if [ -n "${PARAM_COMMAND:-}" ]; then
  exec "$PARAM_COMMAND" "${words[@]}"
elif command -v scangate >/dev/null 2>&1; then
  exec scangate "${words[@]}"
elif command -v npx >/dev/null 2>&1; then
  exec npx --yes "scangate@${PARAM_VERSION:?}" "${words[@]}"
fi
echo 'scangate: inconclusive: neither scangate nor Node is here' >&2
echo 'scangate: mend: use an image with Node 20.19 or newer, such as cimg/node, or name the program in command' >&2
exit 4
