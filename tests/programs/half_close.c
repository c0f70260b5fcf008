/* A client that says with shutdown() that it has asked all, and reads on to the server's end. */
#include "sockets.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int client = connect_to(arguments[1]);
  check(send(client, "question", 8, 0), "send");
  char data[64];
  check(recv(client, data, sizeof data, 0), "recv");
  check(shutdown(client, SHUT_WR), "shutdown");
  check(recv(client, data, sizeof data, 0), "recv");
  check(close(client), "close");
  return 0;
}
