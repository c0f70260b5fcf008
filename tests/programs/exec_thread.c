/* A thread replaces the whole program by another while the main thread waits: the connection stays
   open over it, the listener (close-on-exec) does not. */
#include <fcntl.h>
#include <pthread.h>

#include "sockets.h"

static char number[16];

static void* become_another(void* program) {
  execl(program, program, "--connection", number, NULL);
  return NULL;
}

int main(int count, char** arguments) {
  if (count == 3) {
    const int connection = atoi(arguments[2]);
    echo(connection);
    check(close(connection), "close");
    return 0;
  }
  if (count != 2) return 2;
  const int listener = listen_on(arguments[1]);
  check(fcntl(listener, F_SETFD, FD_CLOEXEC), "fcntl");
  snprintf(number, sizeof number, "%d", accept_from(listener));
  pthread_t thread;
  pthread_create(&thread, NULL, become_another, arguments[0]);
  pthread_join(thread, NULL);
  return 8; /* not reached */
}
