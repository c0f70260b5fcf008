#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/text/expected.h"
#include "packets/wire/packet.h"

struct bpf_program;

namespace wireproof {

// An expression of pcap-filter(7), as `tcpdump -r` takes it.
class PacketFilter {
 public:
  // What is wrong with it for Ethernet, in libpcap's words.
  static Expected<PacketFilter, std::string> parse(const std::string& expression);

  // A packet of a link type that cannot be asked that ("ether host" of one without Ethernet) does
  // not match.
  bool takes(const RawPacket& packet);
  // The first such link type, and why; nothing where there was none.
  const std::optional<std::string>& unasked() const { return unasked_; }

 private:
  struct Free {
    void operator()(bpf_program* program) const;
  };
  using Program = std::unique_ptr<bpf_program, Free>;

  explicit PacketFilter(std::string expression) : expression_(std::move(expression)) {}
  Expected<Program, std::string> compile(LinkType link) const;

  std::string expression_;
  std::map<LinkType, Program> programs_;  // null: packets of the link type cannot be asked
  std::optional<std::string> unasked_;
};

}  // namespace wireproof
