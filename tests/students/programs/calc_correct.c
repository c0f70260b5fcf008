/* The calculation server of the exercise: a process for each client, and one for the datagrams. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kHead = 8, kMaxRequest = kHead + 4 * 255 };

static uint32_t read_u32(const unsigned char *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void write_u32(unsigned char *bytes, uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* 8 bytes of reply, or 0 if it is no request. */
static int answer(const unsigned char *request, size_t size, unsigned char *reply) {
  if (size < kHead || size != kHead + 4u * request[7]) return 0;
  const int count = request[7];
  const char *name = (const char *)request + 4;
  int64_t result;
  if (memcmp(name, "SUM", 3) == 0) {
    result = 0;
  } else if (memcmp(name, "PRO", 3) == 0) {
    result = 1;
  } else if ((memcmp(name, "MIN", 3) == 0 || memcmp(name, "MAX", 3) == 0) && count > 0) {
    result = (int32_t)read_u32(request + kHead);
  } else {
    return 0;
  }
  int zero = 0;
  int large = 0;
  for (int i = 0; i < count; ++i) {
    const int64_t number = (int32_t)read_u32(request + kHead + 4 * i);
    if (name[0] == 'S') result += number;
    if (name[0] == 'P') {
      zero |= number == 0;
      if (!large) result *= number;
      large |= result > INT32_MAX || result < INT32_MIN;
    }
    if (name[1] == 'I' && number < result) result = number;
    if (name[1] == 'A' && number > result) result = number;
  }
  if (name[0] == 'P' && zero) result = large = 0;
  if (large || result > INT32_MAX || result < INT32_MIN) return 0;
  memcpy(reply, request, 4);
  write_u32(reply + 4, (uint32_t)(int32_t)result);
  return 8;
}

static int read_all(int client, unsigned char *bytes, size_t size) {
  for (size_t got = 0; got < size;) {
    const ssize_t count = recv(client, bytes + got, size - got, 0);
    if (count <= 0) return 0;
    got += (size_t)count;
  }
  return 1;
}

static void serve(int client) {
  unsigned char request[kMaxRequest];
  unsigned char reply[12];
  unsigned char head[4];
  if (read_all(client, head, 4)) {
    const uint32_t length = read_u32(head);
    if (length >= kHead && length <= kMaxRequest && read_all(client, request, length)) {
      const int size = answer(request, length, reply + 4);
      write_u32(reply, (uint32_t)size);
      if (size > 0) send(client, reply, 4u + (size_t)size, MSG_NOSIGNAL);
    }
  }
  shutdown(client, SHUT_WR);
  while (recv(client, request, sizeof request, 0) > 0) continue;
  close(client);
}

static void serve_datagrams(int udp) {
  for (;;) {
    unsigned char request[65536];
    unsigned char reply[8];
    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    const ssize_t count =
        recvfrom(udp, request, sizeof request, 0, (struct sockaddr *)&peer, &size);
    if (count < 0 || answer(request, (size_t)count, reply) == 0) continue;
    sendto(udp, reply, sizeof reply, 0, (struct sockaddr *)&peer, size);
  }
}

static int bound(int type, const char *host, int port) {
  const int on = 1;
  const int fd = socket(AF_INET, type, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  inet_pton(AF_INET, host, &address.sin_addr);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) exit(1);
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  signal(SIGCHLD, SIG_IGN);
  const int port = atoi(argv[2]);
  const int udp = bound(SOCK_DGRAM, argv[1], port + 1);
  const int listener = bound(SOCK_STREAM, argv[1], port);
  listen(listener, 128);
  if (fork() == 0) {
    close(listener);
    serve_datagrams(udp);
  }
  close(udp);
  for (;;) {
    const int client = accept(listener, NULL, NULL);
    if (client < 0) continue;
    if (fork() == 0) {
      close(listener);
      serve(client);
      return 0;
    }
    close(client);
  }
}
