#!/usr/bin/env bash
# Whether traced runs of one exchange always give the same table, on a machine that is busy: a busy
# loop for each core runs beside them.
#   bench/traced_runs.sh [RUNS [SHEET]]      default 1000 scenarios/calc/one-request.md
#   bench/traced_runs.sh --programs [RUNS]   `wireproof trace` of the two programs of the calculation
#                                            exercise, tests/fixtures/calculation
# The first prints how often each packet history and verdict came; exit code 0: every table matched
# its sheet, causes and blocked calls included, and no run was inconclusive. The second prints how
# often each table came, without times and ports; exit code 0: all are one table, but for ACKs that
# left with the next packet of their sender, and no run was inconclusive.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mode=sheet
if [[ "${1:-}" == --programs ]]; then
  mode=programs
  shift
fi
runs="${1:-1000}" sheet="${2:-scenarios/calc/one-request.md}"
wireproof="$(scripts/build release wireproof)/wireproof"

loops=()
folder="$(mktemp -d)"
trap 'rm -rf "$folder"; [[ ${#loops[@]} -eq 0 ]] || kill "${loops[@]}"' EXIT
for ((core = 0; core < $(nproc); core++)); do
  (while :; do :; done) &
  loops+=($!)
done
busy="with ${#loops[@]} busy loops on $(nproc) cores"

run_sheet() {
  echo "$wireproof run $sheet --repeat $runs --trace, $busy"
  "$wireproof" run "$sheet" --repeat "$runs" --trace 2> >(grep -v "^\[.*PASS" >&2)
}

trace_once() (
  cd tests/fixtures/calculation
  "$wireproof" trace --server "python3 server.py" --client "python3 client.py" --quiet \
    --format csv --columns Flags,Side,Cause,Blocked
)

# One table a file, in $folder/tables; what went wrong in $folder/failed.
trace_programs() {
  local run name
  mkdir "$folder/tables" "$folder/failed"
  for ((run = 1; run <= runs; run++)); do
    name="$(printf '%05d' "$run")"
    if trace_once >"$folder/tables/$name" 2>"$folder/failed/$name"; then
      rm "$folder/failed/$name"
    else
      rm "$folder/tables/$name"
    fi
  done
}

# "990 times, e.g. run 00001", most often first: which of the files in a folder are the same.
count_tables() {
  (cd "$1" && md5sum -- * | sort | awk '
    { count[$1]++; if (!($1 in first)) first[$1] = $2 }
    END { for (sum in count) print count[sum], first[sum] }' | sort -rn)
}

run_programs() {
  local failed distinct
  echo "$wireproof trace of tests/fixtures/calculation, $runs times, $busy"
  trace_programs
  failed="$(find "$folder/failed" -type f | wc -l)"
  mkdir "$folder/compared"
  for table in "$folder"/tables/*; do
    # The first of them is the handshake's; the others may be merged into what is sent next.
    awk -F, '$1 != "[ACK]" || !acknowledged++' "$table" >"$folder/compared/${table##*/}"
  done
  count_tables "$folder/tables" | while read -r count first; do
    echo "$count of $runs:"
    sed 's/^/  /' "$folder/tables/$first"
  done
  distinct="$(count_tables "$folder/compared" | wc -l)"
  echo "$distinct table(s) without later ACKs, $(count_tables "$folder/tables" | wc -l) with them," \
    "$failed inconclusive or not run"
  head -n 3 "$folder"/failed/* 2>/dev/null >&2 || true
  [[ "$distinct" -eq 1 && "$failed" -eq 0 ]]
}

"run_$mode"
