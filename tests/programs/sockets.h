/* What every C program here begins with. A call that fails ends the program with exit code 9. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static inline long check(long result, const char* call) {
  if (result < 0) {
    perror(call);
    exit(9);
  }
  return result;
}

static inline struct sockaddr_in loopback(const char* port) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)atoi(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static inline int listen_on(const char* port) {
  const struct sockaddr_in address = loopback(port);
  const int listener = (int)check(socket(AF_INET, SOCK_STREAM, 0), "socket");
  check(bind(listener, (const struct sockaddr*)&address, sizeof address), "bind");
  check(listen(listener, 5), "listen");
  return listener;
}

static inline int accept_from(int listener) {
  return (int)check(accept(listener, NULL, NULL), "accept");
}

static inline int connect_to(const char* port) {
  const struct sockaddr_in address = loopback(port);
  const int client = (int)check(socket(AF_INET, SOCK_STREAM, 0), "socket");
  check(connect(client, (const struct sockaddr*)&address, sizeof address), "connect");
  return client;
}

/* Returns at the end of the stream. */
static inline void echo(int connection) {
  char data[64];
  for (;;) {
    const long size = check(recv(connection, data, sizeof data, 0), "recv");
    if (size == 0) return;
    check(send(connection, data, (size_t)size, 0), "send");
  }
}
