# shellcheck shell=bash
# Sourced by the benchmarks.

# median_seconds ROUNDS COMMAND…: the median of the command's wall-clock times. The command's
# output is thrown away; when it fails, its last messages are shown and the benchmark ends.
median_seconds() {
  local rounds="$1" round start log status=0
  local -a microseconds=()
  shift
  log="$(mktemp)"
  for ((round = 0; round < rounds && status == 0; round++)); do
    start="${EPOCHREALTIME/[.,]/}"
    "$@" >/dev/null 2>"$log" || status=$?
    microseconds+=($((${EPOCHREALTIME/[.,]/} - start)))
  done
  [[ "$status" -eq 0 ]] || { echo "exit $status: $*" && tail -n 5 "$log"; } >&2
  rm -f "$log"
  printf '%s\n' "${microseconds[@]}" | sort -n |
    awk -v row=$((rounds / 2 + 1)) 'NR == row { printf "%.6f\n", $1 / 1e6 }'
  return "$status"
}

has_tool() {
  command -v "$1" >/dev/null && return
  echo "  not measured: $1 is not installed (scripts/setup --tests installs it)"
  return 1
}
