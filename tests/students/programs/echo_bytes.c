/* Sends back what it reads, whatever it is (RFC 862). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void* serve(void* argument) {
  int client = (int)(long)argument;
  char bytes[4096];
  ssize_t count;
  while ((count = read(client, bytes, sizeof bytes)) > 0) {
    ssize_t sent = 0;
    while (sent < count) {
      ssize_t more = send(client, bytes + sent, (size_t)(count - sent), MSG_NOSIGNAL);
      if (more < 0) break;
      sent += more;
    }
  }
  close(client);
  return NULL;
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  int on = 1;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)atoi(argv[2]));
  inet_pton(AF_INET, argv[1], &address.sin_addr);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0) return 1;
  listen(listener, 16);
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client < 0) continue;
    pthread_t thread;
    pthread_create(&thread, NULL, serve, (void*)(long)client);
    pthread_detach(thread);
  }
}
