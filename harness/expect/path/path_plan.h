#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text/time.h"
#include "expect/match/row.h"

namespace wireproof {

// What the path between client and server does with packets (docs/path.md). Both ends see a network
// of their own making; the rules decide, not chance, so that tables stay exact.

enum class PathDeed : std::uint8_t {
  lose,
  delay,
  duplicate,            // a copy arrives right behind it
  swap,                 // it arrives right behind the next packet of its direction
  corrupt,              // one byte of its payload arrives with all bits turned round
  cut,                  // its payload arrives without its end, with lengths and checksums that fit
  port_unreachable,     // ICMP type 3 code 3 (RFC 792) comes back instead
  fragmentation_needed  // ICMP type 3 code 4 with the MTU of the next hop (RFC 1191 §4)
};

struct PathAction {
  PathDeed deed = PathDeed::lose;
  Duration delay{};             // of `delay`
  std::uint64_t byte = 0;       // of `corrupt`: which one of the payload, from 0
  bool mends_checksum = false;  // of `corrupt`: the receiver's system does not notice
  std::uint64_t size = 0;       // of `cut`: bytes of payload; of `fragmentation_needed`: the MTU

  bool operator==(const PathAction&) const = default;
};

// Which of the packets that a rule is about it acts on, counted from 1 in the order in which they
// were sent. Retransmissions are packets of their own. Without ranges and `every`: all of them.
struct PathChoice {
  std::vector<Range> ranges;
  std::uint64_t every = 0;  // every fourth is 4, 8, 12, …

  bool operator==(const PathChoice&) const = default;
};

enum class PathPackets : std::uint8_t {
  any,
  data,  // with payload, of TCP or UDP
  row    // as a row of a table with this Info: its kind, flags, Len, Payload
};

struct PathRule {
  std::size_t number = 0;  // from 1, as messages name it
  PathPackets packets = PathPackets::any;
  Row row;                   // of PathPackets::row
  std::optional<Side> from;  // none: both
  std::string client;        // the actor at the client's end; empty: any
  PathChoice which;
  PathAction action;
  Level level = Level::must;  // of "it acted on every packet that it names"

  bool operator==(const PathRule&) const = default;
};

// What a rule did in one play.
struct PathUse {
  std::uint64_t met = 0;    // packets that it is about
  std::uint64_t acted = 0;  // those of them that it names

  bool operator==(const PathUse&) const = default;
};

// A packet that a rule holds back until the next one, which has not come.
struct PathHeld {
  std::uint64_t packet = 0;  // in the order in which they entered, from 0
  std::size_t rule = 0;      // its number

  bool operator==(const PathHeld&) const = default;
};

// What holds for all packets of each direction.
struct PathConditions {
  Duration delay{};                                   // from end to end
  std::optional<std::uint64_t> rate_bits_per_second;  // what the path lets through
  std::optional<std::uint64_t> queue_packets;  // how many wait for it; what comes then is lost
  double loss_percent = 0;  // decided by the packet's place in its direction, not by time
  std::uint64_t loss_seed = 0;

  // Whether there are any.
  bool any() const {
    return delay > Duration::zero() || rate_bits_per_second || queue_packets || loss_percent > 0;
  }
  bool operator==(const PathConditions&) const = default;
};

}  // namespace wireproof
