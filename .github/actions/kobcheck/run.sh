#!/usr/bin/env bash
# One call of kobcheck in a job: its annotations, its summary, and in the end its own exit code.
# It takes ARGUMENTS, OUT and RUNNER_TEMP, and writes to GITHUB_OUTPUT and GITHUB_STEP_SUMMARY.
set -uo pipefail
read -r -a arguments <<<"$ARGUMENTS"
"${RUNNER_TEMP}/kobcheck-bin/kobcheck" "${arguments[@]}" --format +github --out "$OUT"
code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
[ -f "$OUT/summary.md" ] && cat "$OUT/summary.md" >>"$GITHUB_STEP_SUMMARY"
[ -f "$OUT/annotations.txt" ] && cat "$OUT/annotations.txt"
exit "$code"
