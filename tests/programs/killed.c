/* Tells its process id to the client and is killed by it while it waits in recv(). */
#include "sockets.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int connection = accept_from(listen_on(arguments[1]));
  char data[16];
  snprintf(data, sizeof data, "%12d", (int)getpid());
  check(send(connection, data, 12, 0), "send");
  check(recv(connection, data, sizeof data, 0), "recv");
  return 0;
}
