/* Asks for io_uring first, as some runtimes do, and does without where there is none. */
#include <errno.h>
#include <sys/syscall.h>

#include "sockets.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  char parameters[256] = {0}; /* larger than struct io_uring_params */
  if (syscall(SYS_io_uring_setup, 8, parameters) != -1 || errno != ENOSYS) return 8;
  const int listener = listen_on(arguments[1]);
  const int connection = accept_from(listener);
  echo(connection);
  check(close(connection), "close");
  return 0;
}
