#!/usr/bin/env bash
# What is done by hand without wireproof: capture, wait, server, wait, client, wait, table.
#   unshare -Un --map-user=1000 --map-group=1000 --keep-caps \
#     bench/usual_script.sh WIREPROOF CAPTURE TCPDUMP_START SERVER_START CAPTURE_END
# The last three are the sleeps in seconds. It runs in a network of its own, and not as that
# network's root, where tcpdump fails to give up its privileges.
set -euo pipefail
wireproof="$1" capture="$2" tcpdump_start="$3" server_start="$4" capture_end="$5"
bench="$(dirname "${BASH_SOURCE[0]}")"
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

ip link set lo up
tcpdump -i lo --immediate-mode -U -w "$capture" tcp port 12345 &
tcpdump_pid=$!
sleep "$tcpdump_start"
"$wireproof" serve calc &
server_pid=$!
sleep "$server_start"
/usr/bin/python3 "$bench/calc_client.py"
sleep "$capture_end"
kill -TERM "$tcpdump_pid" "$server_pid"
wait "$tcpdump_pid"
tshark -r "$capture"
