/* Looks at the 8 bytes before it takes them. */
#include "sockets.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int listener = listen_on(arguments[1]);
  const int connection = accept_from(listener);
  char data[64];
  const long size = check(recv(connection, data, sizeof data, MSG_PEEK), "recv");
  check(read(connection, data, (size_t)size), "read");
  check(send(connection, data, (size_t)size, 0), "send");
  check(read(connection, data, sizeof data), "read");
  check(close(connection), "close");
  return 0;
}
