#!/usr/bin/env bash
# What a sheet with one connection costs, beside the script that people write for the same exchange.
#   bench/sheets.sh [SHEETS]     default 100
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=bench/median.sh
source bench/median.sh

sheets="${1:-100}"
wireproof="$(scripts/build release wireproof)/wireproof"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/sheets"
for ((sheet = 1; sheet <= sheets; sheet++)); do
  cp scenarios/calc/one-request.md "$work/sheets/one-request-$sheet.md"
done

# row SECONDS UNITS TEXT…: milliseconds for each unit.
row() {
  awk -v s="$1" -v n="$2" -v t="${*:3}" 'BEGIN { printf "%12.2f   %s\n", s * 1000 / n, t }'
}

echo "one exchange: scenarios/calc/one-request.md; $(nproc) cores"
printf '%12s   %s\n' "ms a sheet" command
seconds="$(median_seconds 5 "$wireproof" run "$work/sheets" -j 2)"
row "$seconds" "$sheets" "wireproof run SHEETS -j 2   ($sheets copies in one run, median of 5 runs)"

has_tool tcpdump && has_tool tshark && has_tool ip || exit 0
sleeps=(0.5 0.5 0.5)
in_network=(unshare -Un --map-user=1000 --map-group=1000 --keep-caps)
peer=("${in_network[@]}" bench/usual_script.sh "$wireproof" "$work/usual.pcap" "${sleeps[@]}")
seconds="$(median_seconds 5 "${peer[@]}")"
row "$seconds" 1 "${in_network[*]} bench/usual_script.sh WIREPROOF CAPTURE ${sleeps[*]}   (median of 5)"
working="$(awk -v s="$seconds" -v z="${sleeps[*]}" \
  'BEGIN { split(z, part, " "); for (i in part) s -= part[i]; print s }')"
row "$working" 1 "the same without its sleeps: ${sleeps[0]} s for tcpdump to start," \
  "${sleeps[1]} s for the server to listen, ${sleeps[2]} s for the last packets"
