/* The sender of stop and wait: sender HOST PORT, a line of input is a block */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "packet.h"

enum { LIMIT_MS = 200, TRIES = 5 };

static int connection;
static uint8_t packet[MOST], answer[MOST];

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/* The size of the acknowledgement of that number; 0 where there is none in time. */
static ssize_t receive(int number) {
  long end = now_ms() + LIMIT_MS;
  for (;;) {
    long left = end - now_ms();
    struct pollfd ready = {connection, POLLIN, 0};
    if (left <= 0 || poll(&ready, 1, (int)left) <= 0) return 0;
    ssize_t size = recv(connection, answer, sizeof answer, 0);
    if (size < 0) return 0;
    if (is_right(answer, (size_t)size) && answer[1] == ACK && answer[0] == number) return size;
  }
}

/* The packet's data is in its place; the size of what the receiver has answered. */
static ssize_t deliver(int number, int kind, size_t size) {
  write_header(packet, number, kind, size);
  for (int tries = 0; tries < TRIES; ++tries) {
    send(connection, packet, HEADER + size, 0);
    ssize_t answered = receive(number);
    if (answered > 0) return answered;
  }
  puts("given up");
  exit(1);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  struct sockaddr_in receiver = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
  if (inet_pton(AF_INET, argv[1], &receiver.sin_addr) != 1) return 2;
  connection = socket(AF_INET, SOCK_DGRAM, 0);
  if (connect(connection, (struct sockaddr *)&receiver, sizeof receiver) < 0) return 1;
  static uint8_t sent[MOST];
  size_t all = 0;
  int number = 0;
  char line[1024];
  while (fgets(line, sizeof line, stdin)) {
    size_t size = strlen(line);
    if (all + size > sizeof sent) return 2;
    memcpy(packet + HEADER, line, size);
    memcpy(sent + all, line, size);
    all += size;
    deliver(number, DATA, size);
    number ^= 1;
  }
  size_t delivered = (size_t)deliver(number, FIN, 0) - HEADER;
  if (delivered != all || memcmp(answer + HEADER, sent, all) != 0) {
    puts("delivered was something else");
    return 1;
  }
  printf("delivered %zu bytes\n", all);
  return 0;
}
