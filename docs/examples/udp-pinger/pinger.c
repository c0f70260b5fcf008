/* Ten pings over UDP: pinger HOST PORT [SECONDS] */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { COUNT = 10 };

static double now_ms(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* The answer to this ping; 0 where there is none in time. */
static int receive(int connection, int number, double end, char *text, size_t room) {
  for (;;) {
    double left = end - now_ms(CLOCK_MONOTONIC);
    struct pollfd ready = {connection, POLLIN, 0};
    if (left <= 0 || poll(&ready, 1, (int)left + 1) <= 0) return 0;
    ssize_t size = recv(connection, text, room - 1, 0);
    if (size < 0) return 0; /* an ICMP error: nobody is there */
    text[size] = '\0';
    int found = 0;
    if (sscanf(text, "Ping %d ", &found) == 1 && found == number) return 1;
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  double limit = (argc > 3 ? atof(argv[3]) : 1.0) * 1e3;
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
  if (inet_pton(AF_INET, argv[1], &server.sin_addr) != 1) return 2;
  int connection = socket(AF_INET, SOCK_DGRAM, 0);
  if (connect(connection, (struct sockaddr *)&server, sizeof server) < 0) return 1;
  double least = 0, most = 0, sum = 0;
  int received = 0;
  for (int number = 1; number <= COUNT; ++number) {
    char text[2048];
    int size = snprintf(text, sizeof text, "Ping %d %.6f", number, now_ms(CLOCK_REALTIME) / 1e3);
    double begin = now_ms(CLOCK_MONOTONIC);
    send(connection, text, size, 0);
    if (!receive(connection, number, begin + limit, text, sizeof text)) {
      puts("Request timed out");
      continue;
    }
    double passed = now_ms(CLOCK_MONOTONIC) - begin;
    printf("%s RTT=%.3f ms\n", text, passed);
    if (received == 0 || passed < least) least = passed;
    if (passed > most) most = passed;
    sum += passed;
    ++received;
  }
  printf("%d sent, %d received, %d%% loss\n", COUNT, received, 100 * (COUNT - received) / COUNT);
  if (received > 0) printf("min/avg/max = %.3f/%.3f/%.3f ms\n", least, sum / received, most);
  return 0;
}
