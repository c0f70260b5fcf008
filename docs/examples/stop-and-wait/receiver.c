/* The receiver of stop and wait, of eight senders: receiver PORT */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "packet.h"

enum { TRANSFERS = 8 };

struct transfer {
  struct sockaddr_in sender;
  int expected;
  size_t size;
  uint8_t text[MOST - HEADER];
};

static struct transfer transfers[TRANSFERS];
static int count;

static struct transfer *find(const struct sockaddr_in *sender) {
  for (int i = 0; i < count; ++i) {
    const struct sockaddr_in *one = &transfers[i].sender;
    if (one->sin_port == sender->sin_port && one->sin_addr.s_addr == sender->sin_addr.s_addr)
      return &transfers[i];
  }
  if (count == TRANSFERS) return NULL;
  transfers[count].sender = *sender;
  return &transfers[count++];
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  int server = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  if (bind(server, (struct sockaddr *)&here, sizeof here) < 0) return 1;
  for (;;) {
    static uint8_t packet[MOST], answer[MOST];
    struct sockaddr_in sender = {0};
    socklen_t length = sizeof sender;
    ssize_t size = recvfrom(server, packet, sizeof packet, 0, (struct sockaddr *)&sender, &length);
    if (size < 0 || !is_right(packet, (size_t)size)) continue;
    struct transfer *transfer = find(&sender);
    size_t data = (size_t)size - HEADER, answered = 0;
    if (transfer == NULL || packet[1] == ACK) continue;
    if (packet[1] == FIN) {
      answered = transfer->size;
      memcpy(answer + HEADER, transfer->text, answered);
    } else if (packet[0] == transfer->expected) {
      if (transfer->size + data > sizeof transfer->text) continue;
      memcpy(transfer->text + transfer->size, packet + HEADER, data);
      transfer->size += data;
      transfer->expected ^= 1;
    }
    write_header(answer, packet[0], ACK, answered);
    sendto(server, answer, HEADER + answered, 0, (struct sockaddr *)&sender, length);
  }
}
