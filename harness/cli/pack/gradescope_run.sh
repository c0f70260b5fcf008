#!/bin/sh
# Judges ../submission or, as Gradescope copies this to the folder above, ./submission.
here="$(cd "$(dirname "$0")" && pwd)"
autograder="${here%/source}"
sheets="$autograder/source/scenarios"
results="$autograder/results/results.json"
mkdir -p "$autograder/results"
rm -f "$results"
cd "$autograder/submission" || exit 1
"$autograder/source/wireproof/wireproof" {verify} --report-gradescope "$results" -- {command}
[ -s "$results" ] || { echo "nothing was judged: what is said above is why" >&2; exit 1; }
