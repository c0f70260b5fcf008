#!/usr/bin/env bash
# Whether traced runs of one exchange always give the same table, on a machine that is busy: a busy
# loop for each core runs beside them. Prints how often each packet history and verdict came.
#   bench/traced_runs.sh [RUNS [SHEET]]     default 1000 scenarios/calc/one-request.md
# Exit code 0: every table matched its sheet, causes and blocked calls included, and no run was
# inconclusive.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

runs="${1:-1000}" sheet="${2:-scenarios/calc/one-request.md}"
wireproof="$(scripts/build release wireproof)/wireproof"

loops=()
trap '[[ ${#loops[@]} -eq 0 ]] || kill "${loops[@]}"' EXIT
for ((core = 0; core < $(nproc); core++)); do
  (while :; do :; done) &
  loops+=($!)
done

echo "$wireproof run $sheet --repeat $runs --trace, with ${#loops[@]} busy loops on $(nproc) cores"
"$wireproof" run "$sheet" --repeat "$runs" --trace 2> >(grep -v "^\[.*PASS" >&2)
