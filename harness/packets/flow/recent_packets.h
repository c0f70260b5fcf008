#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "packets/wire/packet.h"

namespace wireproof {

// The last packets with TCP or UDP, and fragments, of a capture that is read once, to compare the
// next one with: at most kCount of kBytes together.
class RecentPackets {
 public:
  static constexpr std::size_t kCount = 1024;
  static constexpr std::size_t kBytes = std::size_t{1} << 18;

  // A packet of the capture and its number, from 1.
  struct Numbered {
    std::uint64_t number = 0;
    Packet packet;  // its views are good until the next add()
  };

  // `packet` is the next one; numbers ascend.
  void add(std::uint64_t number, const Packet& packet);
  // The number of the packet that the next one is a captured copy of (find_original), if any.
  std::optional<std::uint64_t> find_original(std::uint64_t number, const Packet& packet) const;
  // The newest one, no fragment, that was sent by the same end to the same, for which `is_it`
  // holds.
  template <class IsIt>
  std::optional<Numbered> find_newest(const Packet& packet, IsIt is_it) const {
    const TransportPorts ports = *packet.ports();
    for (std::uint64_t index = count_; index > 0 && has(index - 1); --index) {
      const Entry& entry = entry_at(index - 1);
      if (entry.is_fragment || entry.ports != ports) continue;
      const Numbered earlier{entry.number, decode(entry)};
      if (is_it(earlier.packet)) return earlier;
    }
    return std::nullopt;
  }

 private:
  struct Entry {
    std::uint64_t number = 0;
    std::uint64_t begin = 0;  // counts all bytes that were ever stored
    Timestamp time{};
    std::uint32_t size = 0;
    std::uint32_t original_size = 0;
    std::uint32_t mark = 0;
    TransportPorts ports;
    LinkType link = LinkType::ethernet;
    bool is_fragment = false;
  };
  static constexpr std::size_t kMarks = 1024;

  // What copies have in common, in 32 bits.
  static std::uint32_t mark_of(const Packet& packet);
  static std::size_t place_of(std::uint32_t mark) { return mark % kMarks; }
  const Entry& entry_at(std::uint64_t index) const { return entries_[index % kCount]; }
  // Whether the packet of that index, of all that were ever added, is still there.
  bool has(std::uint64_t index) const {
    return count_ - index <= kCount && written_ - entry_at(index).begin <= kBytes;
  }
  Packet decode(const Entry& entry) const;

  std::vector<Entry> entries_ = std::vector<Entry>(kCount);
  Bytes bytes_ = Bytes(kBytes);
  std::uint64_t count_ = 0;    // of packets that were ever added
  std::uint64_t written_ = 0;  // of their bytes, with what was left free at the end
  std::array<std::uint64_t, kMarks> last_of_mark_{};  // the number of a packet with such a mark
};

}  // namespace wireproof
