/* Sends 8 bytes and reads to the server's end, be it a FIN or a RST. */
#include "sockets.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int client = connect_to(arguments[1]);
  check(send(client, "question", 8, 0), "send");
  char data[64];
  while (recv(client, data, sizeof data, 0) > 0) continue;
  check(close(client), "close");
  return 0;
}
