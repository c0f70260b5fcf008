/* The receiver of go-back-N, of eight senders: receiver PORT */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { DATA = 0, ACK = 1, FIN = 2, HEADER = 6, MOST = 65507, TRANSFERS = 8 };

static struct transfer {
  struct sockaddr_in sender;
  unsigned char last; /* the number of the last block in order */
  size_t size;
  unsigned char text[MOST - HEADER];
} transfers[TRANSFERS];

/* RFC 1071: the complement of the sum, in ones' complement, of words of 16 bits. */
static unsigned checksum(const unsigned char *bytes, size_t size) {
  unsigned sum = 0;
  for (size_t i = 0; i < size; ++i) sum += i % 2 ? bytes[i] : bytes[i] << 8;
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

/* What this sender has sent so far; NULL where there are too many. */
static struct transfer *find(const struct sockaddr_in *sender) {
  for (struct transfer *one = transfers; one < transfers + TRANSFERS; ++one) {
    if (one->sender.sin_port == 0) one->sender = *sender;
    if (one->sender.sin_port == sender->sin_port &&
        one->sender.sin_addr.s_addr == sender->sin_addr.s_addr)
      return one;
  }
  return NULL;
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  int server = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in here = {.sin_family = AF_INET,
                             .sin_port = htons((unsigned short)atoi(argv[1]))};
  if (bind(server, (struct sockaddr *)&here, sizeof here) < 0) return 1;
  for (;;) {
    static unsigned char packet[MOST], answer[MOST];
    struct sockaddr_in sender = {0};
    socklen_t length = sizeof sender;
    ssize_t size = recvfrom(server, packet, MOST, 0, (struct sockaddr *)&sender, &length);
    if (size < HEADER || size != HEADER + (packet[4] << 8 | packet[5]) || packet[1] == ACK ||
        checksum(packet, (size_t)size) != 0)
      continue;
    struct transfer *transfer = find(&sender);
    size_t data = (size_t)size - HEADER, answered = 0;
    if (transfer == NULL || transfer->size + data > sizeof transfer->text) continue;
    if (packet[1] == DATA && packet[0] == (unsigned char)(transfer->last + 1)) {
      memcpy(transfer->text + transfer->size, packet + HEADER, data);
      transfer->size += data;
      transfer->last = packet[0];
    }
    if (packet[1] == FIN) memcpy(answer + HEADER, transfer->text, answered = transfer->size);
    answer[0] = packet[1] == FIN ? packet[0] : transfer->last;
    answer[1] = ACK;
    answer[2] = answer[3] = 0;
    answer[4] = (unsigned char)(answered >> 8);
    answer[5] = (unsigned char)answered;
    unsigned sum = checksum(answer, HEADER + answered);
    answer[2] = (unsigned char)(sum >> 8);
    answer[3] = (unsigned char)sum;
    sendto(server, answer, HEADER + answered, 0, (struct sockaddr *)&sender, length);
  }
}
