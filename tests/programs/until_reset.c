/* Echoes until recv() fails with a reset. */
#include <errno.h>

#include "sockets.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int listener = listen_on(arguments[1]);
  const int connection = accept_from(listener);
  char data[64];
  long size = 0;
  while ((size = recv(connection, data, sizeof data, 0)) > 0) {
    check(send(connection, data, (size_t)size, 0), "send");
  }
  if (errno != ECONNRESET) return 8;
  check(close(connection), "close");
  return 0;
}
