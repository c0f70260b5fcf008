# client.bash HOST PORT: sends each line as a message and prints the answer, which is 6 bytes longer.
exec 3<>"/dev/tcp/$1/$2" || exit 1
while IFS= read -r line; do
  printf '%s' "$line" >&3
  head -c $((${#line} + 6)) <&3
  echo
done
