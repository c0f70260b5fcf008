#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "packets/flow/flow_key.h"
#include "packets/wire/packet.h"
#include "packets/wire/summary.h"

namespace wireproof {

// Relative sequence numbers packet by packet, for captures of any size. They are Wireshark's: the
// base of a direction is the SYN's number, without a SYN one below the first number seen, so that
// the first byte is 1. The base of the other direction is taken from the first ACK where none of
// its own segments came before. A SYN with another number than the base, or after FIN or RST,
// begins a new conversation on the 4-tuple. The first fragment of a cut segment sets no base, so
// that its numbers stay absolute where nothing else set one.
//
// Windows are scaled where both SYNs were seen with the option (RFC 7323 §2.2); those of the SYNs
// themselves never are.
class FlowNumbers {
 public:
  // Of so many conversations the numbers are remembered. When they are more, those go that had no
  // packet for longest: at least the `max_flows / 2` most recent ones always stay.
  static constexpr std::size_t kMaxFlows = std::size_t{1} << 19;
  explicit FlowNumbers(std::size_t max_flows = kMaxFlows);
  FlowNumbers(const FlowNumbers&) = delete;
  FlowNumbers& operator=(const FlowNumbers&) = delete;

  RelativeNumbers number(const IpInfo& ip, const TcpHeader& header);

 private:
  struct End {
    std::uint32_t base = 0;
    bool has_base = false;
    std::uint8_t window_shift = kNoShift;
  };
  static constexpr std::uint8_t kNoShift = 255;

  struct Flow {
    FlowKey key;
    bool closing = false;
    std::array<End, 2> ends;  // by Direction
  };

  // Flows in the order of their first packets, so that those of one time lie together, and an
  // index over them: open addressing with linear probing, at most half full.
  class Table {
   public:
    Flow* find(const FlowKey& key, std::uint64_t hash);
    Flow& insert(const Flow& flow, std::uint64_t hash);
    std::size_t size() const { return flows_.size(); }
    void clear();

   private:
    struct Slot {
      std::uint32_t tag = 0;       // upper half of the hash
      std::uint32_t position = 0;  // in flows_, from 1; 0: an empty slot
    };
    void grow();
    void insert_slot(Slot slot);
    std::size_t home(std::uint32_t tag) const { return tag & (slots_.size() - 1); }

    std::vector<Slot> slots_;
    std::vector<Flow> flows_;
  };

  Flow& flow_of(const FlowKey& key);
  Flow& look_up(const FlowKey& key);
  static void note_syn(Flow& flow, End& from, const TcpHeader& header);
  static void note_bases(End& from, End& to, const TcpHeader& header);

  std::size_t max_per_table_;
  Table recent_;
  Table older_;             // what was `recent_` before it was full
  Flow* latest_ = nullptr;  // in recent_; what look_up() gave, good until it is called again
};

}  // namespace wireproof
