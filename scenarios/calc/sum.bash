# sum.bash HOST PORT: asks for the sum of 1, 2 and 3 under the id 7 and prints the reply's bytes.
exec 3<>"/dev/tcp/$1/$2" || exit 1
printf '\0\0\0\24\0\0\0\7SUM\3\0\0\0\1\0\0\0\2\0\0\0\3' >&3
od -An -tx1 <&3
