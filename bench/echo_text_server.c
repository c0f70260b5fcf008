// A correct server as a student may write it: echo-text, a thread for each client.
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kPrefixSize = 6, kChunkSize = 1024, kMaxReply = kPrefixSize + 3 * (kChunkSize + 3) };

static int send_all(int fd, const char* data, size_t size) {
  while (size > 0) {
    ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return 0;
    data += sent;
    size -= (size_t)sent;
  }
  return 1;
}

// Bytes of the character that begins so; 0: none does.
static size_t character_size(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 0;
}

// What may stand second narrows for some first bytes (Unicode 15, table 3-7).
static int may_follow(unsigned char first, size_t index, unsigned char byte) {
  unsigned char least = 0x80;
  unsigned char most = 0xbf;
  if (index == 1 && first == 0xe0) least = 0xa0;
  if (index == 1 && first == 0xed) most = 0x9f;
  if (index == 1 && first == 0xf0) least = 0x90;
  if (index == 1 && first == 0xf4) most = 0x8f;
  return byte >= least && byte <= most;
}

// Appends what is text to the reply, U+FFFD for what is not; gives the bytes used, all but those of
// a character whose rest is still to come.
static size_t append_text(const char* data, size_t size, char* reply, size_t* used) {
  size_t at = 0;
  while (at < size) {
    unsigned char first = (unsigned char)data[at];
    size_t wanted = character_size(first);
    size_t count = 1;
    while (count < wanted && at + count < size &&
           may_follow(first, count, (unsigned char)data[at + count])) {
      ++count;
    }
    if (wanted > 0 && count < wanted && at + count == size) break;
    if (count == wanted) {
      memcpy(reply + *used, data + at, count);
      *used += count;
    } else {
      memcpy(reply + *used, "\xef\xbf\xbd", 3);
      *used += 3;
    }
    at += count;
  }
  return at;
}

static void* serve(void* argument) {
  int fd = (int)(intptr_t)argument;
  char data[3 + kChunkSize];
  char reply[kMaxReply] = "ECHO: ";
  size_t kept = 0;
  ssize_t size;
  while ((size = recv(fd, data + kept, kChunkSize, 0)) > 0) {
    size_t there = kept + (size_t)size;
    size_t used = kPrefixSize;
    size_t taken = append_text(data, there, reply, &used);
    kept = there - taken;
    memmove(data, data + taken, kept);
    if (used > kPrefixSize && !send_all(fd, reply, used)) break;
  }
  close(fd);
  return NULL;
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  int yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)atoi(argv[1]));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0) return 1;
  if (listen(listener, 5) != 0) return 1;
  for (;;) {
    int client = accept(listener, NULL, NULL);
    pthread_t thread;
    if (client < 0) continue;
    if (pthread_create(&thread, NULL, serve, (void*)(intptr_t)client) != 0) return 1;
    pthread_detach(thread);
  }
}
