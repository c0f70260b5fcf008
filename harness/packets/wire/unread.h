#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "packets/wire/packet.h"

namespace wireproof {

class TextCursor;

// "PPP", "PPPoE session", "GRE"; empty for numbers without a name here.
std::string_view registry_name(Registry registry, std::uint32_t number);

// "ether type 0x8863 (PPPoE discovery)".
char* put_registered(TextCursor out, Registry registry, std::uint32_t number);

// What is wrong, or "ether type 0x8863 (PPPoE discovery) is not supported".
char* put_reason(TextCursor out, const Defect& defect);

// How much of a capture is not read, as it is not supported.
class UnreadPackets {
 public:
  void see(const Packet& packet);
  bool any() const { return unread_count_ > 0; }
  // Nothing at all was read because of it.
  bool all() const { return any() && read_count_ == 0; }
  // "3 of 7 packets are not read: ether type 0x88cc (LLDP) is not supported".
  std::string render() const;

 private:
  std::uint64_t read_count_ = 0;
  std::uint64_t unread_count_ = 0;
  std::uint64_t count_ = 0;
  std::optional<Defect> first_;
  bool differ_ = false;  // others are not read for another reason
};

}  // namespace wireproof
