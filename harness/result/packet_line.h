#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expect/cause/cause.h"

namespace wireproof {

// What is to be said of a packet beside its rows and its calls.
enum class PacketMark : std::uint8_t {
  none,
  repeat,      // says nothing new: PacketRemark::repeat tells why
  unexpected,  // no row has it
  stranger,    // not of this scenario
  fragment,    // of the datagram that PacketRemark::whole completes (RFC 791 §3.2)
  copy,        // of PacketRemark::whole: it was captured twice
  damaged      // its checksum is wrong, PacketRemark::whole is the good one
};
struct PacketRemark {
  PacketMark mark = PacketMark::none;
  Repeat repeat = Repeat::none;    // of the mark `repeat`
  std::vector<CauseFact> facts{};  // of a trace: when and why it was sent, and who waited for it
  std::size_t whole = 0;           // of `fragment`, `copy`, `damaged`: a packet, from 1

  bool operator==(const PacketRemark&) const = default;
};

// A row of a packet table that has a packet.
struct RowLabel {
  std::string table;    // its name; empty: the table without one
  std::size_t row = 0;  // its number, from 1

  bool operator==(const RowLabel&) const = default;
};

// One row of the annotated packet table: facts, whose words stand below. `from`, `to` are actors
// or "server".
struct PacketLine {
  std::size_t number = 0;  // from 1, in capture order
  Timestamp time{};
  std::string from;
  std::string to;
  std::uint16_t from_port = 0;
  std::uint16_t to_port = 0;
  std::string info;  // "[PSH, ACK] Seq=1 Ack=1 Len=4", "UDP Len=5", "ICMP port unreachable"
  std::uint32_t length = 0;
  Bytes payload;  // at most kMaxLinePayload bytes
  Doers cause;
  bool cause_inferred = false;
  Side cause_side = Side::client;
  Doers blocked;
  bool blocked_inferred = false;
  // Indexes into the result's calls, from 0 (expect/cause/cause.h): of what was not inferred.
  std::vector<std::size_t> causing_calls;
  std::vector<std::size_t> taking_calls;
  std::int64_t process = 0;    // of the server, that sent or took it; 0: not known. Not in JSON
  std::vector<RowLabel> rows;  // empty when no row has it
  PacketRemark remark;
  PacketFate fate = PacketFate::arrived;  // what the sheet's path did with it

  bool operator==(const PacketLine&) const = default;
};
constexpr std::size_t kMaxLinePayload = 256;

// The words for what a packet line holds as facts: the only place that makes them. Tables, JSON,
// messages and stories print them.

// "connect", "write + close", "kernel"; empty for nobody.
std::string render_doers(const Doers& doers);

// The same in parentheses where it was inferred.
std::string render_call(const Doers& doers, bool inferred);

// "released by the ACK of packet 7": packets are counted from 1.
std::string render_fact(const CauseFact& fact);
// "2 calls; already waiting for 0.200 ms"; empty where nothing is known.
std::string render_facts(std::span<const CauseFact> facts);

// "pure ACK", "unexpected", "pure ACK; inside connect"
std::string render_remark(const PacketRemark& remark);

// All that is to be said of a packet: "lost on the path; retransmission".
std::string render_remark(const PacketLine& line);

// "4", "4, alice 6"; empty when no row has the packet.
std::string render_rows(std::span<const RowLabel> rows);

// Back from the words, for what reads a result's JSON. Nothing where they are no such words; the
// facts of a remark are not read.
Doers parse_doers(std::string_view text);
std::optional<PacketRemark> parse_remark(std::string_view text);
std::optional<std::vector<RowLabel>> parse_rows(std::string_view text);

}  // namespace wireproof
