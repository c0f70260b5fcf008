/* A process for each client; the parent keeps its copy of the connection, and waits for nobody. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void serve(int client) {
  char buffer[6 + 1024] = "ECHO: ";
  ssize_t count;
  while ((count = recv(client, buffer + 6, 1024, 0)) > 0) {
    send(client, buffer, 6 + (size_t)count, MSG_NOSIGNAL);
  }
  close(client);
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
  listen(listener, 5);
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client >= 0 && fork() == 0) {
      serve(client);
      return 0;
    }
  }
}
