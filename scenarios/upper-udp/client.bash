# client.bash HOST PORT: asks one question and prints the answer.
exec 3<>"/dev/udp/$1/$2" || exit 1
printf 'hello' >&3
head -c 5 <&3
