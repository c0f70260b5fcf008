#!/usr/bin/env bash
# What a clean release build of the program costs: CPU and wall-clock seconds, sources compiled,
# without ccache.
#   bench/build.sh [OTHER_TREE…]     beside it, other checkouts, in the same run
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export CCACHE_DISABLE=1 TIMEFORMAT='%U %S %R'

# measure TREE: a row for it.
measure() {
  local build="$work/build" times sources
  rm -rf "$build"
  (cd "$1" && cmake --preset release -B "$build") >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  sources="$(ninja -C "$build" -t commands wireproof | grep -c -- ' -c ')"
  times="$({ time ninja -C "$build" wireproof >"$work/log" 2>&1; } 2>&1)" ||
    { tail -n 20 "$work/log" >&2; exit 1; }
  awk -v s="$times" -v n="$sources" -v tree="$1" \
    'BEGIN { split(s, t, " "); printf "%10.1f %10.1f %9d   %s\n", t[1] + t[2], t[3], n, tree }'
}

echo "clean build of wireproof, preset release, $(nproc) cores"
printf '%10s %10s %9s   %s\n' "CPU s" "elapsed s" compiles tree
for tree in . "$@"; do measure "$tree"; done
