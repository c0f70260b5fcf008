/* The plainest client: asks 8 bytes, takes the answer, closes. */
#include "sockets.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int client = connect_to(arguments[1]);
  check(send(client, "question", 8, 0), "send");
  char data[64];
  check(recv(client, data, sizeof data, 0), "recv");
  check(close(client), "close");
  return 0;
}
