/* Asks, takes the answer, and closes with SO_LINGER 0: a RST instead of a FIN. */
#include "sockets.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int client = connect_to(arguments[1]);
  check(send(client, "question", 8, 0), "send");
  char data[64];
  check(recv(client, data, sizeof data, 0), "recv");
  const struct linger at_once = {1, 0};
  check(setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), "setsockopt");
  check(close(client), "close");
  return 0;
}
