#include "judge/traffic/traffic.h"

#include <algorithm>

namespace wireproof {
namespace {

// A packet that carried something.
struct Carrier {
  std::size_t packet = 0;
  Timestamp time{};
};

// Of what was sent more than once: the first copy, or the first one that the other side got.
enum class Copy : std::uint8_t { sent, arrived };

// The packet that first carried the stream byte `index` of a side. Stream byte k stands at
// position k + 1 (matching.md §1).
std::optional<Carrier> find_byte(const TcpConnection& connection, Side side, std::uint64_t index,
                                 Copy copy) {
  for (const Segment& segment : connection.segments) {
    const std::uint64_t begin = segment.seq + (segment.has(tcp_flag::kSyn) ? 1 : 0);
    const bool covers = begin <= index + 1 && index + 1 < begin + segment.payload_size;
    if (segment.from != side || !covers || is_refused(segment.repeat)) continue;
    if (copy == Copy::sent || has_arrived(segment.fate)) {
      return Carrier{segment.packet, segment.time};
    }
  }
  return std::nullopt;
}

// The conversation of one connection of an actor; one of the two, or none.
struct Conversation {
  const TcpConnection* tcp = nullptr;
  const UdpExchange* udp = nullptr;

  // The byte or datagram of a side with that index.
  std::optional<Carrier> find(Side side, std::uint64_t index, Copy copy) const {
    if (tcp != nullptr) return find_byte(*tcp, side, index, copy);
    if (udp == nullptr) return std::nullopt;
    const Datagram* const found =
        copy == Copy::sent ? find_datagram(*udp, side, index) : find_arrival(*udp, side, index);
    return found == nullptr ? std::nullopt : std::optional(Carrier{found->packet, found->time});
  }
  std::uint64_t amount(const SocketCall& call) const {
    return tcp != nullptr ? static_cast<std::uint64_t>(call.result) : 1;
  }
};

// `earlier`: how many connections from this end came before. A port can be used again.
Conversation find_conversation(const Conversations& conversations, const ActorEndpoint& end,
                               std::size_t earlier) {
  Conversation found;
  if (!end.tcp) {
    for (const UdpExchange& exchange : conversations.udp) {
      if (exchange.client == end.local) found.udp = &exchange;
    }
    return found;
  }
  for (const TcpConnection& connection : conversations.tcp) {
    if (connection.client != end.local) continue;
    if (earlier-- == 0) {
      found.tcp = &connection;
      return found;
    }
  }
  return found;
}

class ReplySearch {
 public:
  ReplySearch(const Conversation& conversation, std::string actor)
      : conversation_(conversation), actor_(std::move(actor)) {}

  void see(const SocketCall& call) {
    if (call.result <= 0) return;
    if (call.name == "send") {
      sent_ += conversation_.amount(call);
      is_waiting_ = true;
    } else if (call.name == "recv") {
      if (is_waiting_) take_reply();
      is_waiting_ = false;
      received_ += conversation_.amount(call);
    }
  }
  const std::optional<ReplyTime>& slowest() const { return slowest_; }

 private:
  void take_reply() {
    const auto request = conversation_.find(Side::client, sent_ - 1, Copy::sent);
    const auto reply = conversation_.find(Side::server, received_, Copy::arrived);
    if (!request || !reply || reply->time < request->time) return;
    const Duration lasted = reply->time - request->time;
    if (slowest_ && slowest_->lasted >= lasted) return;
    slowest_ = ReplyTime{lasted, actor_, request->packet, reply->packet};
  }

  Conversation conversation_;
  std::string actor_;
  std::uint64_t sent_ = 0;  // bytes, or datagrams
  std::uint64_t received_ = 0;
  bool is_waiting_ = false;  // something was sent since the last recv
  std::optional<ReplyTime> slowest_;
};

}  // namespace

std::optional<ReplyTime> find_slowest_reply(const Conversations& conversations,
                                            std::span<const ActorEndpoint> actors,
                                            std::span<const SocketCall> calls) {
  std::optional<ReplyTime> slowest;
  for (std::size_t i = 0; i < actors.size(); ++i) {
    const ActorEndpoint& end = actors[i];
    const auto earlier = std::count(actors.begin(), actors.begin() + static_cast<long>(i), end);
    // The actor's sockets are numbered in the order of its connects, from 1.
    const auto socket =
        1 + std::count_if(actors.begin(), actors.begin() + static_cast<long>(i),
                          [&](const ActorEndpoint& other) { return other.actor == end.actor; });
    ReplySearch search(find_conversation(conversations, end, static_cast<std::size_t>(earlier)),
                       end.actor);
    for (const SocketCall& call : calls) {
      const bool is_own = call.actor == end.actor && call.side == Side::client &&
                          call.socket == static_cast<std::uint64_t>(socket);
      if (is_own) search.see(call);
    }
    const auto& found = search.slowest();
    if (found && (!slowest || found->lasted > slowest->lasted)) slowest = found;
  }
  return slowest;
}

}  // namespace wireproof
