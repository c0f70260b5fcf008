/* Reads and sends a struct as it lies in memory: 32 bytes, of which 3 are padding. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct record {
  uint8_t version;
  uint32_t order;
  uint32_t size;
  char text[20];
};

static void *serve(void *given) {
  int client = (int)(intptr_t)given;
  struct record record;
  while (recv(client, &record, sizeof record, MSG_WAITALL) == sizeof record) {
    if (send(client, &record, sizeof record, MSG_NOSIGNAL) < 0) break;
  }
  close(client);
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int on = 1;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)atoi(argv[2]));
  inet_pton(AF_INET, argv[1], &address.sin_addr);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0) return 1;
  listen(listener, 64);
  for (;;) {
    int client = accept(listener, NULL, NULL);
    pthread_t thread;
    if (client < 0) continue;
    pthread_create(&thread, NULL, serve, (void *)(intptr_t)client);
    pthread_detach(thread);
  }
}
