#include <algorithm>
#include <utility>

#include "servers/faults/fault_tables.h"

namespace wireproof {
namespace {

constexpr std::size_t kSmallBuffer = 512;

class Duplicates : public DatagramProtocol {
 public:
  explicit Duplicates(std::unique_ptr<DatagramProtocol> inner) : inner_(std::move(inner)) {}

  std::vector<Bytes> on_datagram(ByteView datagram) override {
    std::vector<Bytes> twice;
    for (const Bytes& reply : inner_->on_datagram(datagram)) {
      twice.insert(twice.end(), 2, reply);
    }
    return twice;
  }

 private:
  std::unique_ptr<DatagramProtocol> inner_;
};

class DropThird : public DatagramProtocol {
 public:
  explicit DropThird(std::unique_ptr<DatagramProtocol> inner) : inner_(std::move(inner)) {}

  std::vector<Bytes> on_datagram(ByteView datagram) override {
    std::vector<Bytes> replies = inner_->on_datagram(datagram);
    if (++count_ % 3 == 0) replies.clear();
    return replies;
  }

 private:
  std::unique_ptr<DatagramProtocol> inner_;
  std::size_t count_ = 0;
};

class DieOnEmpty : public DatagramProtocol {
 public:
  explicit DieOnEmpty(std::unique_ptr<DatagramProtocol> inner) : inner_(std::move(inner)) {}

  std::vector<Bytes> on_datagram(ByteView datagram) override {
    if (datagram.empty()) throw DeadlyInput("an empty datagram");
    return inner_->on_datagram(datagram);
  }

 private:
  std::unique_ptr<DatagramProtocol> inner_;
};

template <class Datagrams>
Service answer_by(Service service) {
  service.open_datagrams = [open = service.open_datagrams] {
    return std::make_unique<Datagrams>(open());
  };
  return service;
}

Service truncate(Service service) {
  service.datagram_read_size = std::min(service.datagram_read_size, kSmallBuffer);
  return service;
}

Service reply_from_other_port(Service service) {
  service.datagrams_from_other_port = true;
  return service;
}

bool speaks_udp(const ServerInfo& server) {
  return server.udp_port != 0;
}

bool replies_by_udp(const ServerInfo& server) {
  return speaks_udp(server) && server.traits.replies;
}

}  // namespace

std::vector<MessageFault> datagram_faults() {
  return {
      {{"reply-from-other-port", "answers a datagram from another port than it was sent to",
        "other-port"},
       replies_by_udp,
       reply_from_other_port},
      {{"duplicate-reply", "answers every datagram twice", "duplicate-reply"},
       replies_by_udp,
       answer_by<Duplicates>},
      {{"drop-third", "does not answer every third datagram", "lost-reply"},
       replies_by_udp,
       answer_by<DropThird>},
      {{"truncate", "reads at most 512 bytes of a datagram", "truncated-datagram"},
       replies_by_udp,
       truncate},
      {{"die-on-empty", "ends on an empty datagram", "died-on-input"},
       speaks_udp,
       answer_by<DieOnEmpty>},
  };
}

}  // namespace wireproof
