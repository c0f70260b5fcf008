/* Adds and multiplies in an int, whatever comes out. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int read_all(int client, void *bytes, size_t size) {
  return recv(client, bytes, size, MSG_WAITALL) == (ssize_t)size;
}

static void *serve(void *argument) {
  int client = (int)(long)argument;
  uint32_t length;
  unsigned char request[8 + 4 * 255];
  if (read_all(client, &length, 4) && (length = ntohl(length)) >= 8 && length <= sizeof request &&
      read_all(client, request, length) && length == 8 + 4u * request[7]) {
    uint32_t result = memcmp(request + 4, "PRO", 3) == 0 ? 1 : 0;
    for (int i = 0; i < request[7]; ++i) {
      uint32_t number;
      memcpy(&number, request + 8 + 4 * i, 4);
      number = ntohl(number);
      if (memcmp(request + 4, "SUM", 3) == 0) result += number;
      if (memcmp(request + 4, "PRO", 3) == 0) result *= number;
      if (memcmp(request + 4, "MIN", 3) == 0 && (i == 0 || (int32_t)number < (int32_t)result))
        result = number;
      if (memcmp(request + 4, "MAX", 3) == 0 && (i == 0 || (int32_t)number > (int32_t)result))
        result = number;
    }
    const int is_empty = request[4] == 'M' && request[7] == 0;
    const int is_known = memcmp(request + 4, "SUM", 3) == 0 || memcmp(request + 4, "PRO", 3) == 0 ||
                         memcmp(request + 4, "MIN", 3) == 0 || memcmp(request + 4, "MAX", 3) == 0;
    unsigned char reply[12] = {0, 0, 0, 8};
    memcpy(reply + 4, request, 4);
    result = htonl(result);
    memcpy(reply + 8, &result, 4);
    if (is_known && !is_empty) send(client, reply, sizeof reply, MSG_NOSIGNAL);
  }
  shutdown(client, SHUT_WR);
  while (recv(client, request, sizeof request, 0) > 0) continue;
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
    if (client < 0) continue;
    pthread_t thread;
    pthread_create(&thread, NULL, serve, (void *)(long)client);
    pthread_detach(thread);
  }
}
