/* The plainest server: echoes one connection to its end. Also built as a static program. */
#include "sockets.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int listener = listen_on(arguments[1]);
  const int connection = accept_from(listener);
  echo(connection);
  check(close(connection), "close");
  check(close(listener), "close");
  return 0;
}
