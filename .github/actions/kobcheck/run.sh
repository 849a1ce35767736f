#!/usr/bin/env bash
# One call of kobcheck in a job: its annotations, its summary, and in the end its own exit code.
# It takes ARGUMENTS, OUT and RUNNER_TEMP, and writes to GITHUB_OUTPUT and GITHUB_STEP_SUMMARY.
set -uo pipefail
# Quotes group, as in --tags '@stated and not @slow'; nothing is expanded.
mapfile -t arguments < <(xargs printf '%s\n' <<<"$ARGUMENTS")
case "${arguments[0]}" in
run) arguments+=(--format +github --out "$OUT") ;;
load | selftest) arguments+=(--out "$OUT") ;;
esac
"${RUNNER_TEMP}/kobcheck-bin/kobcheck" "${arguments[@]}"
code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
[ "$code" = 2 ] && exit 2 # what stands in the folder is of an earlier call
for summary in summary.md load.md selftest.md; do
  [ -f "$OUT/$summary" ] && cat "$OUT/$summary" >>"$GITHUB_STEP_SUMMARY"
done
[ -f "$OUT/annotations.txt" ] && cat "$OUT/annotations.txt"
exit "$code"
