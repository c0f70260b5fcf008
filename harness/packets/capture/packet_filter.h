#pragma once

#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "packets/wire/packet.h"

struct bpf_program;

namespace wireproof {

// An expression of pcap-filter(7), as tcpdump takes it, for packets that were captured already.
class PacketFilter {
 public:
  // Throws FilterError for what is no such expression.
  explicit PacketFilter(std::string expression);

  // Throws FilterError where packets of this link type cannot be asked that ("ether host" of one
  // without Ethernet).
  bool takes(const RawPacket& packet);

 private:
  struct Free {
    void operator()(bpf_program* program) const;
  };
  using Program = std::unique_ptr<bpf_program, Free>;

  Program compile(LinkType link) const;

  std::string expression_;
  std::map<LinkType, Program> programs_;
};

// `what()` has libpcap's words.
class FilterError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

}  // namespace wireproof
