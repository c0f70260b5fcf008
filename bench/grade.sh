#!/usr/bin/env bash
# How many submissions `wireproof grade` judges in a second: folders with a compiled server each,
# the 20 sheets of echo-text, everything in the sandbox. Without the one that starts ncat: to start
# it takes four times the CPU time of a sheet.
#   bench/grade.sh [SUBMISSIONS]     default 200
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

submissions="${1:-200}"
wireproof="$(scripts/build release wireproof)/wireproof"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cc -O2 -Wall -Wextra -pthread -o "$work/server" bench/echo_text_server.c
for ((number = 1; number <= submissions; number++)); do
  folder="$work/class/$(printf 'student-%03d' "$number")"
  mkdir -p "$folder"
  cp "$work/server" "$folder/server"
  echo "$number" >"$folder/number" # each is another content
done

command=("$wireproof" grade --submissions "$work/class" --sheet-set echo-text --exclude 'interop/*'
  --command '{dir}/server {port}' --state "$work/state" --json "$work/book.json"
  --csv "$work/book.csv" --quiet)
echo "$submissions submissions with a compiled server, $(nproc) cores"
begin=$EPOCHREALTIME
"${command[@]}" | tail -n 1
end=$EPOCHREALTIME
awk -v b="$begin" -v e="$end" -v n="$submissions" 'BEGIN {
  printf "%10.1f   seconds in all\n%10.2f   submissions a second\n", e - b, n / (e - b) }'
begin=$EPOCHREALTIME
"${command[@]}" >/dev/null
end=$EPOCHREALTIME
awk -v b="$begin" -v e="$end" 'BEGIN {
  printf "%10.2f   seconds for the same again, nothing having changed\n", e - b }'
