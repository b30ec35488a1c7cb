#!/usr/bin/env bats
# The script of the packed orb, started as CircleCI starts a step. SCRIPT is its file, GATE starts the real program, and
# ROOT is the folder of the project.

setup() {
  cd "$BATS_TEST_TMPDIR" || exit
  mkdir bin
  printf '%s\n' '#!/bin/sh' 'printf "[%s]" "$@" >words' 'exit "${FAKE_EXIT:-0}"' >bin/scangate
  chmod +x bin/scangate
  PATH="$BATS_TEST_TMPDIR/bin:/usr/bin:/bin"
}

step() {
  run /bin/bash -eo pipefail "$SCRIPT"
}

words() {
  [ "$(cat words)" = "$1" ] || { cat words && return 1; }
}

@test "scan: what is set is handed over, lists line by line" {
  export PARAM_SUBCOMMAND=run PARAM_TARGETS=$'shop web\nimage\n' PARAM_CONFIG=ci.yml PARAM_STATE=.scangate/state
  export PARAM_FAIL_ON=$'critical\nhigh=3' PARAM_OUT=out PARAM_OPTIONS=$'--quiet\n--verbose'
  step
  [ "$status" -eq 0 ]
  words '[run][--config][ci.yml][--state][.scangate/state][--out][out][--fail-on][critical][--fail-on][high=3][--quiet][--verbose][--][shop web][image]'
}

@test "start: nothing of the judgement" {
  export PARAM_SUBCOMMAND=start PARAM_STATE=s PARAM_POLICY=p.yml PARAM_OUT=out PARAM_FAIL_ON=high
  step
  words '[start][--state][s][--]'
}

@test "collect: state, policy and folder" {
  export PARAM_SUBCOMMAND=collect PARAM_STATE=s PARAM_POLICY=p.yml PARAM_OUT=out
  step
  words '[collect][--state][s][--policy][p.yml][--out][out][--]'
}

@test "evaluate: hostile names are words, and nothing of them runs" {
  export PARAM_SUBCOMMAND=evaluate PARAM_REPORTS='$(touch pwned)
`touch pwned`
*
--out
a "b" '"'c'"
  step
  [ ! -e pwned ]
  words "[evaluate][--][\$(touch pwned)][\`touch pwned\`][*][--out][a \"b\" 'c']"
}

@test "the exit status is the step's" {
  export PARAM_SUBCOMMAND=run
  for code in 0 1 2 3 4 5 6 70 75; do
    FAKE_EXIT=$code step
    [ "$status" -eq "$code" ]
  done
}

@test "without the program npx brings the version that is named" {
  mv bin/scangate bin/npx
  export PARAM_SUBCOMMAND=run PARAM_VERSION=1.2.3
  PATH="$BATS_TEST_TMPDIR/bin:/bin" step
  words '[--yes][scangate@1.2.3][run][--]'
}

@test "without anything it is inconclusive, and says what to do" {
  rm bin/scangate
  mkdir empty
  export PARAM_SUBCOMMAND=run
  PATH="$BATS_TEST_TMPDIR/empty" step
  [ "$status" -eq 4 ]
  [[ "$output" == *'scangate: inconclusive: neither scangate nor Node is here'*'scangate: mend: use an image with Node'* ]]
}

@test "the real program judges a real report" {
  export PARAM_SUBCOMMAND=evaluate PARAM_COMMAND=$GATE PARAM_OUT=out PARAM_FAIL_ON=critical
  PARAM_REPORTS=$ROOT/demo/reports/trivy-config.json step
  [ "$status" -eq 1 ]
  [ -s out/junit.xml ]
  PARAM_REPORTS=$ROOT/demo/reports/trivy-config-clean.json step
  [ "$status" -eq 0 ]
  PARAM_REPORTS=gone.json step
  [ "$status" -eq 4 ]
}
