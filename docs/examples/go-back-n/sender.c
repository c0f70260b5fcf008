/* The sender of go-back-N: sender HOST PORT [WINDOW], a line of input is a block */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { DATA, ACK, FIN, HEADER = 6, LINE = 1024, MOST = 4096, LIMIT_MS = 500, TRIES = 5 };

static unsigned char packets[MOST][HEADER + LINE], answer[65536];
static char text[MOST * LINE];
static size_t sizes[MOST];
static int connection;

/* RFC 1071: the complement of the sum, in ones' complement, of words of 16 bits. */
static unsigned checksum(const unsigned char *bytes, size_t size) {
  unsigned sum = 0;
  for (size_t i = 0; i < size; ++i) sum += i % 2 ? bytes[i] : bytes[i] << 8;
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/* The data of this packet is in its place. */
static void write_header(int index, int kind, size_t size) {
  unsigned char header[] = {index + 1, kind, 0, 0, size >> 8, size};
  memcpy(packets[index], header, HEADER);
  sizes[index] = HEADER + size;
  unsigned sum = checksum(packets[index], sizes[index]);
  packets[index][2] = sum >> 8;
  packets[index][3] = sum;
}

static void send_all(int from, int end) {
  for (; from < end; ++from) send(connection, packets[from], sizes[from], 0);
}

/* The size of the next acknowledgement that is right; 0 where there is none in time. */
static ssize_t receive(long end) {
  for (long left; (left = end - now_ms()) > 0;) {
    struct pollfd ready = {connection, POLLIN, 0};
    ssize_t size = poll(&ready, 1, left) > 0 ? recv(connection, answer, sizeof answer, 0) : 0;
    if (size >= HEADER && size == HEADER + (answer[4] << 8 | answer[5]) && answer[1] == ACK &&
        checksum(answer, size) == 0)
      return size;
  }
  return 0;
}

int main(int argc, char **argv) {
  struct sockaddr_in receiver = {.sin_family = AF_INET};
  if (argc < 3 || inet_pton(AF_INET, argv[1], &receiver.sin_addr) != 1) return 2;
  receiver.sin_port = htons(atoi(argv[2]));
  connection = socket(AF_INET, SOCK_DGRAM, 0);
  if (connect(connection, (struct sockaddr *)&receiver, sizeof receiver) < 0) return 1;
  int window = argc > 3 ? atoi(argv[3]) : 4, blocks = 0;
  char *line = text;
  for (; blocks < MOST - 1 && fgets(line, LINE, stdin); line += strlen(line)) {
    memcpy(packets[blocks] + HEADER, line, strlen(line));
    write_header(blocks++, DATA, strlen(line));
  }
  write_header(blocks, FIN, 0);
  ssize_t size = 0, all = line - text;
  long timer = now_ms() + LIMIT_MS;
  for (int base = 0, sent = 0, tries = 0; base <= blocks;) {
    int end = base + window < blocks ? base + window : blocks;
    if (base == blocks) end = blocks + 1; /* the end of all goes alone */
    send_all(sent, end);
    sent = end;
    size = receive(timer);
    int acked = size ? (answer[0] - base) & 255 : 0;
    if (size > 0 && (acked == 0 || acked > sent - base)) continue;
    if ((tries = size > 0 ? 0 : tries + 1) == TRIES) break;
    base += acked;
    if (size == 0) send_all(base, sent);
    timer = now_ms() + LIMIT_MS;
  }
  if (size == 0) puts("given up");
  if (size != HEADER + all || memcmp(answer + HEADER, text, all) != 0) return 1;
  printf("delivered %zd bytes\n", all);
  return 0;
}
