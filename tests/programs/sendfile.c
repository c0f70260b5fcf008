/* Answers with a file of 300,000 bytes, which no single segment and no single window holds. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/sendfile.h>

#include "sockets.h"

enum { kSize = 300000 };

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int listener = listen_on(arguments[1]);
  const int connection = accept_from(listener);
  char data[64];
  check(recv(connection, data, sizeof data, 0), "recv");
  const int file = (int)check(memfd_create("file", 0), "memfd_create");
  check(ftruncate(file, kSize), "ftruncate");
  for (off_t offset = 0; offset < kSize;) {
    check(sendfile(connection, file, &offset, (size_t)(kSize - offset)), "sendfile");
  }
  check(close(connection), "close");
  return 0;
}
