#!/usr/bin/env bash
# What tracing costs an echo server, beside strace with the same list of calls.
#   bench/trace.sh [ROUND_TRIPS [ROUNDS]]     default 20000 5
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=bench/median.sh
source bench/median.sh

bench="$(scripts/build release trace_bench)/bench/trace_bench"
has_tool strace || exit 0
"$bench" "$@"
