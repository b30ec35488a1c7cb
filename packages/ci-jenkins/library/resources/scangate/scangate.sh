#!/bin/sh
# Finds scangate on this machine and hands everything over to it: arguments, environment, exit status.
#
# In this order: $SCANGATE_BIN (a program, or a .mjs/.js file for Node), scangate in PATH (a standalone program or an
# installed package), node_modules/.bin of this folder and of those above it. Node itself is $SCANGATE_NODE or node in
# PATH, 20.19 or newer.
#
# Ends with 4, inconclusive, when there is nothing to run: a gate that did not run has not passed.
set -u

oldest=20.19

fail() {
  printf 'scangate: inconclusive: %s\n' "$1" >&2
  printf 'scangate: mend: %s\n' "$2" >&2
  exit 4
}

# Whether the version $1 (v20.19.1) is at least $oldest.
is_new_enough() {
  version=${1#v}
  major=${version%%.*}
  rest=${version#*.}
  minor=${rest%%.*}
  case $major$minor in
    '' | *[!0-9]*) return 1 ;;
  esac
  [ "$major" -gt "${oldest%%.*}" ] || { [ "$major" -eq "${oldest%%.*}" ] && [ "$minor" -ge "${oldest#*.}" ]; }
}

need_node() {
  node=${SCANGATE_NODE:-node}
  command -v "$node" >/dev/null 2>&1 ||
    fail "Node is not found ($node)" "install Node $oldest or newer, set SCANGATE_NODE, or install the standalone program"
  version=$("$node" --version 2>/dev/null) || fail "$node does not start" "install Node $oldest or newer"
  is_new_enough "$version" || fail "Node $version is too old" "install Node $oldest or newer, or set SCANGATE_NODE"
}

# Runs the file with Node when it is a script of it, else by itself.
run() {
  program=$1
  shift
  case $program in
    *.mjs | *.js)
      need_node
      exec "$node" "$program" "$@"
      ;;
  esac
  first=$(head -n 1 "$program" 2>/dev/null | tr -d '\000')
  case $first in
    '#!'*node*)
      need_node
      exec "$node" "$program" "$@"
      ;;
  esac
  exec "$program" "$@"
}

if [ -n "${SCANGATE_BIN:-}" ]; then
  [ -f "$SCANGATE_BIN" ] || fail "SCANGATE_BIN names no file ($SCANGATE_BIN)" 'correct SCANGATE_BIN'
  run "$SCANGATE_BIN" "$@"
fi

found=$(command -v scangate 2>/dev/null || true)
# A function or an alias of the shell is no program.
case $found in
  /*) run "$found" "$@" ;;
esac

folder=$(pwd)
while :; do
  if [ -x "$folder/node_modules/.bin/scangate" ]; then
    need_node
    exec "$node" "$folder/node_modules/.bin/scangate" "$@"
  fi
  case $folder in
    / | '') break ;;
  esac
  folder=$(dirname "$folder")
done

fail 'scangate is not found' 'install it (npm install scangate), put it in PATH, or set SCANGATE_BIN'
