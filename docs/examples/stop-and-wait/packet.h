/* A packet of stop and wait: number, kind, checksum, length, data. */
#ifndef PACKET_H
#define PACKET_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { DATA = 0, ACK = 1, FIN = 2, HEADER = 6, MOST = 65507 };

/* RFC 1071: the complement of the sum, in ones' complement, of words of 16 bits. */
static uint16_t checksum(const uint8_t *bytes, size_t size) {
  uint32_t sum = 0;
  for (size_t i = 0; i < size; ++i) sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

/* Writes the header before `size` bytes of data that are there already. */
static void write_header(uint8_t *packet, int number, int kind, size_t size) {
  packet[0] = (uint8_t)number;
  packet[1] = (uint8_t)kind;
  packet[2] = packet[3] = 0;
  packet[4] = (uint8_t)(size >> 8);
  packet[5] = (uint8_t)size;
  uint16_t sum = checksum(packet, HEADER + size);
  packet[2] = (uint8_t)(sum >> 8);
  packet[3] = (uint8_t)sum;
}

/* That nothing of it was changed or cut: its sum, with its checksum, is all ones. */
static int is_right(const uint8_t *packet, size_t size) {
  return size >= HEADER && size == HEADER + (size_t)(packet[4] << 8 | packet[5]) &&
         checksum(packet, size) == 0;
}

#endif
