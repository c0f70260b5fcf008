# client.bash HOST PORT: reads lines such as "SUM 1 2 3", asks for each on a connection of its own
# and prints the result.
u32() { # as printf takes it
  printf '\\%03o\\%03o\\%03o\\%03o' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) \
    $(($1 & 255))
}
id=0
while read -r operation numbers; do
  read -ra list <<<"$numbers"
  message="$(u32 $((8 + 4 * ${#list[@]})))$(u32 $((++id)))$operation"
  message+="$(printf '\\%03o' ${#list[@]})"
  for number in "${list[@]}"; do message+="$(u32 "$number")"; done
  exec 3<>"/dev/tcp/$1/$2" || exit 1
  printf "$message" >&3
  printf '%d\n' "0x$(od -An -tx1 -j8 <&3 | tr -d ' \n')"
  exec 3>&-
done
