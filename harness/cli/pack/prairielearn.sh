#!/bin/sh
# The entry point of the question's container: judges /grade/student.
tests="$(cd "$(dirname "$0")" && pwd)"
grade="${tests%/tests}"
sheets="$tests/scenarios"
results="$grade/results/results.json"
mkdir -p "$grade/results"
rm -f "$results"

{unpack}
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
# Programs under test are another user there, who need not read what is expected.
chmod -R go= "$sheets"
unpack "$grade/serverFilesCourse/wireproof/wireproof.tar.xz" "$place" &&
  cd "$grade/student" &&
  "$place/wireproof" {verify} --report-prairielearn "$results" -- {command}
[ -s "$results" ] ||
  echo '{"gradable": false, "format_errors": ["Not judged, no attempt is lost: see the log."]}' \
    >"$results"
