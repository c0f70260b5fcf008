#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "expect/payload/payload.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

enum class Level : std::uint8_t { must, should, info };

// What a sheet asks for: the exercise as it is set, or what a good program does beyond that (bad
// input, messages in pieces, clients that leave early, a restart, many clients).
enum class SheetLevel : std::uint8_t { exercise, robust };

// How much is told of what a sheet found: all; what came, but not what it expects; its verdict.
enum class Reveal : std::uint8_t { all, observed, verdict };

enum class RowKind : std::uint8_t { tcp, udp, port_unreachable, anything };

// Inclusive.
struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = 0;

  bool contains(std::uint64_t value) const { return least <= value && value <= most; }
  bool operator==(const Range&) const = default;
};

// One row of a packet table, as a value: what is written is compared, what is empty is not.
struct Row {
  std::size_t number = 0;  // from 1, as messages name it
  RowKind kind = RowKind::tcp;
  Side from = Side::client;
  std::string client;       // who is at the client's end ("client", "alice", "each", "server")
  std::string server;       // the actor at the server's end; empty: the server
  std::uint16_t flags = 0;  // tcp_flag; compared whole only in Strictness::exact
  std::optional<Range> length;
  std::optional<Message> payload;
  std::optional<std::uint64_t> seq;  // relative, as Wireshark prints it
  std::optional<std::uint64_t> ack;
  std::optional<Range> window;
  std::optional<std::uint16_t> mss;
  std::string cause;               // name of the call, empty: any
  std::optional<Side> cause_side;  // the column `Side`
  std::string blocked;
  Level level = Level::must;
  double points = 0;
  bool any_order = false;          // the column `Order` says `any`
  std::optional<PacketFate> fate;  // the column `Fate`
  bool again = false;              // Info ends with `again`: what was sent before is sent once more

  bool operator==(const Row&) const = default;
};

// Packets and rows as people count them, for reasons and differences.
std::string packet_words(std::size_t packet);  // "packet 7"
std::string row_words(const Row& row);         // "row 4"
std::string range_words(const Range& range);   // "4", "4..8"
std::string side_words(Side side);             // "client"
std::string event_words(EventKind kind);       // "SYN", "data", "FIN", "RST"
std::string fate_words(PacketFate fate);       // "arrived", "lost", …: as a cell `Fate` has it

// Why a search gave up, at the row with that index (or the last one); empty without rows.
std::string limit_words(std::span<const Row> rows, std::size_t row, const std::string& things);

}  // namespace wireproof
