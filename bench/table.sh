#!/usr/bin/env bash
# How fast a capture of a million packets becomes a table, beside tcpdump and tshark.
#   bench/table.sh [SESSIONS]     12 packets each; default 84000
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=bench/median.sh
source bench/median.sh

sessions="${1:-84000}"
packets=$((sessions * 12))
wireproof="$(scripts/build release wireproof)/wireproof"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # tcpdump reads as a user of its own when root starts it
capture="$work/sessions.pcap"
python3 bench/make_capture.py "$capture" "$sessions"

echo "capture: bench/make_capture.py FILE $sessions"
echo "  $packets packets, $(stat -c %s "$capture") bytes; output to /dev/null; $(nproc) cores"
printf '%10s %12s %9s   %s\n' seconds packets/s ratio command

# row BASE ROUNDS COMMAND…: one line; ratio is BASE seconds to the command's, BASE 0 is itself.
row() {
  local base="$1" rounds="$2" seconds
  shift 2
  seconds="$(median_seconds "$rounds" "$@")"
  awk -v s="$seconds" -v n="$packets" -v b="$base" -v r="$rounds" -v c="${*//"$capture"/FILE}" \
    'BEGIN { printf "%10.3f %12.0f %9.2f   %s   (median of %d)\n", s, n / s, b ? b / s : 1, c, r }'
  measured="$seconds"
}

measured=0
if has_tool tcpdump; then row 0 5 env TZ=UTC0 tcpdump -nn -r "$capture"; fi
tcpdump_seconds="$measured"
row "$tcpdump_seconds" 5 "$wireproof" table "$capture"
if has_tool tshark; then row "$tcpdump_seconds" 1 tshark -r "$capture"; fi
echo "ratio: times as fast as tcpdump"
