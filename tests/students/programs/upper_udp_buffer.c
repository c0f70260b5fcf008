/* Sends its whole buffer back, with the zeros that it was filled with before. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  int udp = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)atoi(argv[2]));
  inet_pton(AF_INET, argv[1], &address.sin_addr);
  if (bind(udp, (struct sockaddr*)&address, sizeof address) != 0) return 1;
  for (;;) {
    char text[512];
    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    memset(text, 0, sizeof text);
    if (recvfrom(udp, text, sizeof text, 0, (struct sockaddr*)&peer, &size) < 0) continue;
    for (size_t i = 0; i < sizeof text; ++i) text[i] = (char)toupper((unsigned char)text[i]);
    sendto(udp, text, sizeof text, 0, (struct sockaddr*)&peer, size);
  }
}
