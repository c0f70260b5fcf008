/* Answers each datagram with a new socket, and so from another port. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int udp = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)atoi(argv[2]));
  inet_pton(AF_INET, argv[1], &address.sin_addr);
  if (bind(udp, (struct sockaddr *)&address, sizeof address) != 0) return 1;
  for (;;) {
    char text[2048];
    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    ssize_t count = recvfrom(udp, text, sizeof text, 0, (struct sockaddr *)&peer, &size);
    if (count < 0) continue;
    for (ssize_t i = 0; i < count; ++i) text[i] = (char)toupper((unsigned char)text[i]);
    int answer = socket(AF_INET, SOCK_DGRAM, 0);
    sendto(answer, text, (size_t)count, 0, (struct sockaddr *)&peer, size);
    close(answer);
  }
}
