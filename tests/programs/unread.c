/* Takes 3 of the 8 bytes that it was sent and closes: a RST, RFC 1122 section 4.2.2.13. */
#include "sockets.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int listener = listen_on(arguments[1]);
  const int connection = accept_from(listener);
  char data[3];
  check(recv(connection, data, sizeof data, 0), "recv");
  check(close(connection), "close");
  return 0;
}
