/* A process for its client, and the usual mistake: the parent keeps its copy of the connection. The
   child's close sends no FIN; the parent's does, once the child is gone. */
#include <sys/wait.h>

#include "sockets.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int listener = listen_on(arguments[1]);
  const int connection = accept_from(listener);
  if (check(fork(), "fork") == 0) {
    check(close(listener), "close");
    echo(connection);
    check(close(connection), "close");
    return 0;
  }
  check(wait(NULL), "wait");
  check(close(listener), "close");
  return 0; /* the connection is closed by the end of the process */
}
