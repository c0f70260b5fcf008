/* Answers with a head and a body in one writev(). */
#include <sys/uio.h>

#include "sockets.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int listener = listen_on(arguments[1]);
  const int connection = accept_from(listener);
  char head[] = "head";
  char body[64];
  const long size = check(recv(connection, body, sizeof body, 0), "recv");
  const struct iovec parts[] = {{head, 4}, {body, (size_t)size}};
  check(writev(connection, parts, 2), "writev");
  check(close(connection), "close");
  return 0;
}
