/* The main thread reads, two others answer on the same connection: their calls count by byte range.
 */
#include <pthread.h>

#include "sockets.h"

static int connection;

static void* send_part(void* text) {
  check(send(connection, text, strlen(text), 0), "send");
  return NULL;
}

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int listener = listen_on(arguments[1]);
  connection = accept_from(listener);
  char data[64];
  check(recv(connection, data, sizeof data, 0), "recv");
  pthread_t first;
  pthread_t second;
  pthread_create(&first, NULL, send_part, "1234");
  pthread_create(&second, NULL, send_part, "abcd");
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  check(close(connection), "close");
  return 0;
}
