/* Kills the server with SIGKILL as soon as that sleeps: it can only be in recv() then. */
#include <signal.h>

#include "sockets.h"

static char state_of(int process) {
  char path[64];
  char text[256];
  snprintf(path, sizeof path, "/proc/%d/stat", process);
  FILE* file = fopen(path, "r");
  if (file == NULL) return 'X';
  const size_t size = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[size] = '\0';
  const char* name_end = strrchr(text, ')');
  return name_end == NULL ? 'X' : name_end[2];
}

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int client = connect_to(arguments[1]);
  char data[16] = {0};
  check(recv(client, data, 12, MSG_WAITALL), "recv");
  const int server = atoi(data);
  while (state_of(server) != 'S') usleep(100);
  check(kill(server, SIGKILL), "kill");
  check(recv(client, data, sizeof data, 0), "recv");
  check(close(client), "close");
  return 0;
}
