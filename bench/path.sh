#!/usr/bin/env bash
# What a path that does nothing costs, beside the loopback: the same sheets with and without it.
#   bench/path.sh [ROUND_TRIPS [MEGABYTES]]     default 5000 and 50
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=bench/median.sh
source bench/median.sh

rounds="${1:-5000}"
megabytes="${2:-50}"
wireproof="$(scripts/build release wireproof)/wireproof"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# A rule that never acts.
rule='
## Path
| Packets | From   | Which   | Do   | Level |
|---------|--------|---------|------|-------|
| any     | client | 1000000 | lose | info  |
'

# sheet NAME FRONT STEPS: NAME.md, and the same with a path.
sheet() {
  printf -- '---\ntimeout: 1m\n%s---\n# %s\n\n## Session\n```session\n%s\n```\n' "$2" "$1" "$3" \
    >"$work/$1.md"
  { cat "$work/$1.md"; echo "$rule"; } >"$work/$1-path.md"
}

sheet rounds "" "origin: listen 5000
client: connect
origin: accept
repeat $rounds {
client: send 64 * \"x\" nodelay
origin: recv 64 * \"x\"
origin: send 64 * \"y\" nodelay
client: recv 64 * \"y\"
}"
sheet sessions "" "origin: listen 5000
repeat $rounds {
client: connect
origin: accept
client: send \"hello\"
origin: recv \"hello\"
client: close
origin: recv eof
origin: close
}"
cat >"$work/sink.py" <<'PY'
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    connection, _ = listener.accept()
    while connection.recv(1 << 16):
        pass
    connection.close()
PY
sheet bulk $'command: "python3 sink.py {port}"\nport: 5000\ntransport: tcp\n' "connect
send random $((megabytes * 1000000)) bytes seed 1
shutdown
recv eof"

# seconds SHEET [OPTION…]: how long the session itself took, the median of five.
seconds() {
  for _ in 1 2 3 4 5; do
    "$wireproof" run "$work/$1.md" "${@:2}" --report-json "$work/report.json" >"$work/said" || {
      cat "$work/said"
      return 1
    }
    python3 - "$work/report.json" <<'PY'
import json, sys
steps = json.load(open(sys.argv[1]))["run"]["scenarios"][0]["result"]["steps"]
print((steps[-1]["started"] + steps[-1]["lasted"] - steps[0]["started"]) / 1e9)
PY
  done | sort -n | sed -n 3p
}

row() {
  awk -v l="$2" -v p="$3" -v n="$4" -v unit="$5" -v what="$1" \
    'BEGIN { printf "%-12s %12.1f %12.1f %8.2f   %s\n", what, n / l, n / p, l / p, unit }'
}

echo "$(nproc) cores; wireproof run SHEET, with a capture in both but for bulk over the loopback, which loses some; median of 5"
printf '%-12s %12s %12s %8s\n' "" loopback path ratio
row rounds "$(seconds rounds)" "$(seconds rounds-path)" "$rounds" "round trips of 64 bytes a second"
row sessions "$(seconds sessions)" "$(seconds sessions-path)" "$rounds" "sessions a second"
row bulk "$(seconds bulk --no-capture)" "$(seconds bulk-path)" "$megabytes" "MB a second"
