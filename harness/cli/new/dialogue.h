#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/expected.h"
#include "packets/flow/tcp_connection.h"
#include "packets/wire/packet.h"

namespace wireproof {

// What one client and a server said to each other, in the order of the capture: what a sheet and a
// server that answers in the same way are made of.
struct Turn {
  Side from = Side::client;
  Bytes bytes;          // of TCP all up to the other side's turn, of UDP a datagram
  bool is_end = false;  // the side has nothing more to send; no bytes
};

struct Dialogue {
  bool udp = false;
  std::uint16_t port = 0;  // the server's
  std::vector<Turn> turns;
  PacketStore packets;  // those of the conversation alone
};

// The first conversation of a capture that is whole and ended without a reset; with `port` one with
// the server at that port. Else why there is none, in words.
Expected<Dialogue, std::string> find_dialogue(const PacketStore& packets, std::uint16_t port);

// The sheet NAME/first.md of the server NAME without its tables.
std::string write_sheet(const std::string& server, const Dialogue& dialogue);

// A Python program that answers as the server of the dialogue did.
std::string write_replay(const Dialogue& dialogue);

}  // namespace wireproof
