#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <map>
#include <tuple>

#include "base/text/words.h"
#include "expect/cause/call_facts.h"
#include "expect/cause/cause.h"
#include "expect/cause/connection_calls.h"

// Datagrams keep their boundaries: each is one message of a send call, and is taken whole by one
// receive call of each socket that gets it, in the order of their coming. Which side of an exchange
// a socket is on says nothing (a server may answer from another port): sockets are met by their
// addresses, messages by peer and size.

namespace wireproof {
namespace {

// What one send or receive call moved, or one message of several.
struct Message {
  const SocketCall* call = nullptr;
  std::uint64_t size = 0;
  std::optional<std::uint64_t> room;  // of a receive call's buffer
  std::optional<Endpoint> peer;
  std::vector<std::uint64_t> pieces;  // UDP_SEGMENT: the datagrams of one send
  std::size_t next_piece = 0;
  bool used = false;
};

std::vector<Message> list_messages(const SocketCall& call) {
  std::vector<Message> messages;
  const auto room = [&](std::size_t index) {
    return index < call.message_rooms.size() ? std::optional(call.message_rooms[index])
                                             : std::nullopt;
  };
  const bool is_one = !call.name.ends_with("mmsg");
  if (is_one) {
    const auto size = static_cast<std::uint64_t>(call.result);
    return {{&call, size, room(0), call.remote, call.message_sizes}};
  }
  for (std::size_t index = 0; index < call.message_sizes.size(); ++index) {
    Message& message = messages.emplace_back();
    message = {&call, call.message_sizes[index], room(index), call.remote, {}};
    const bool is_told = index < call.message_peers.size() && call.message_peers[index].port != 0;
    if (is_told) message.peer = call.message_peers[index];
  }
  return messages;
}

// 224.0.0.0/4 and ff00::/8; the broadcasts of all networks (255.255.255.255) and of the loopback.
bool names_many(const IpAddress& address) {
  const IpAddress plain = unmap_ipv4(address);
  if (plain.version == IpVersion::v6) return plain.bytes[0] == 0xff;
  const bool ends_in_ones = std::all_of(plain.bytes.begin() + 1, plain.bytes.begin() + 4,
                                        [](std::uint8_t byte) { return byte == 0xff; });
  return (plain.bytes[0] & 0xf0U) == 0xe0 ||
         (ends_in_ones && (plain.bytes[0] == 0xff || plain.bytes[0] == 127));
}

// Of a socket whose address was never told only the peer says something.
bool is_between(const SocketCall& call, const std::optional<Endpoint>& peer, const Endpoint& own,
                const Endpoint& other) {
  if (!call.local) return names_endpoint(peer, other);
  return names_endpoint(call.local, own) && (!peer || names_endpoint(peer, other));
}

// A receive call whose buffer was full may have cut the datagram; with MSG_TRUNC it tells how long
// it was. Without a log of the buffer's size it may have cut any.
bool fits(const Message& message, std::uint64_t size) {
  if (message.size == size || !message.room) return message.size <= size;
  if (has_flag(*message.call, MSG_TRUNC) || message.size < *message.room) return false;
  return size > message.size;
}

std::uint64_t taken_bytes(const Message& message) {
  return std::min(message.size, message.room.value_or(message.size));
}

// By the port of the socket, so that those of other sockets need not be looked at.
class MessageQueues {
 public:
  void add(Message message) {
    const auto& local = message.call->local;
    queues_[local ? local->port : 0].messages.push_back(std::move(message));
  }
  void sort_by_end() {
    const auto end_of = [](const Message& message) {
      return message.call->returned.value_or(message.call->entered);
    };
    for (auto& [port, queue] : queues_) std::ranges::stable_sort(queue.messages, {}, end_of);
  }

  // Shows the messages that are not used yet and may be of a socket with this port, until `visit`
  // gives false.
  void visit(std::uint16_t port, const std::function<bool(Message&)>& visit) {
    for (const std::uint16_t key : {port, std::uint16_t{0}}) {
      const auto found = queues_.find(key);
      if (found == queues_.end()) continue;
      auto& [messages, first] = found->second;
      while (first < messages.size() && messages[first].used) ++first;
      for (std::size_t next = first; next < messages.size(); ++next) {
        if (!messages[next].used && !visit(messages[next])) return;
      }
    }
  }

 private:
  struct Queue {
    std::vector<Message> messages;
    std::size_t first = 0;  // that may be unused
  };
  std::map<std::uint16_t, Queue> queues_;  // 0: the address was never told
};

class ExchangeExplainer {
 public:
  explicit ExchangeExplainer(std::span<const SocketCall> calls) : calls_(calls) {
    for (const SocketCall& call : calls) {
      known_[index(call.side)] = known_[index(call.side)] || is_traced(call);
      if (!call.ready.empty()) waits_.push_back(&call);
      const bool is_told = call.error_number == ECONNREFUSED && call.name != "connect";
      if (is_told || has_flag(call, MSG_ERRQUEUE)) refused_.add({&call, 0, {}, call.remote, {}});
      if (call.result < 0 || peeks(call) || has_flag(call, MSG_ERRQUEUE)) continue;
      const CallFamily family = call.incoming ? CallFamily::recv : call_family(call.name);
      if (family == CallFamily::send) add(sent_, call);
      if (family == CallFamily::recv) add(received_, call);
    }
    received_.sort_by_end();
    refused_.sort_by_end();
  }

  Cause explain(const UdpExchange& exchange, const Datagram& datagram) {
    Cause cause;
    cause.side = datagram.from;
    const bool from_client = datagram.from == Side::client;
    const Endpoint server{exchange.server.address, datagram.server_port};
    const Endpoint& source = from_client ? exchange.client : server;
    const Endpoint& destination = from_client ? server : exchange.client;
    if (datagram.port_unreachable) {
      cause.call.kernel = true;
      cause.facts.push_back({CauseFactKind::port_unbound});
      explain_refusal(datagram, source, destination, cause);
      return cause;
    }
    std::vector<std::uint64_t> parts = explain_send(datagram, source, destination, cause);
    if (!has_arrived(datagram.fate)) return cause;  // nobody got it
    if (parts.size() > 1) {
      for (const std::uint64_t part : parts) take(datagram, source, destination, part, cause);
    }
    // With UDP_GRO one call takes what one send was.
    if (cause.blocked.empty()) take(datagram, source, destination, datagram.payload_size, cause);
    // The copy is the next one that comes.
    if (datagram.fate == PacketFate::twice) {
      take(datagram, source, destination, datagram.payload_size, cause);
    }
    if (cause.blocked.empty() && !known_[index(other_side(cause.side))]) {
      cause.blocked.calls = {"recv"};
      cause.blocked_inferred = true;
    }
    return cause;
  }

 private:
  static std::size_t index(Side side) { return side == Side::client ? 0 : 1; }

  void add(MessageQueues& queues, const SocketCall& call) {
    known_[index(call.side)] = true;
    for (Message& message : list_messages(call)) queues.add(std::move(message));
  }

  std::size_t index_of(const SocketCall& call) const {
    return static_cast<std::size_t>(&call - calls_.data());
  }

  // The sizes of the datagrams that this packet is, as its receiver gets them.
  std::vector<std::uint64_t> explain_send(const Datagram& datagram, const Endpoint& source,
                                          const Endpoint& destination, Cause& cause) {
    std::vector<std::uint64_t> parts;
    bool found = false;
    sent_.visit(source.port, [&](Message& message) {
      if (!is_between(*message.call, message.peer, source, destination)) return true;
      const bool is_whole = message.next_piece == 0 && message.size == datagram.payload_size;
      const bool is_piece = !is_whole && message.next_piece < message.pieces.size() &&
                            message.pieces[message.next_piece] == datagram.payload_size;
      if (!is_whole && !is_piece) return true;
      if (is_piece) ++message.next_piece;
      message.used = is_whole || message.next_piece == message.pieces.size();
      if (is_whole) parts = message.pieces;
      found = true;
      set_sender(message, cause);
      return false;
    });
    if (found) return parts;
    cause.call.calls = {"send"};
    cause.call_inferred = true;
    return parts;
  }

  void set_sender(const Message& message, Cause& cause) const {
    cause.side = message.call->side;
    cause.call.calls = {message.call->name};
    cause.causing_calls = {index_of(*message.call)};
    if (message.pieces.size() < 2) return;
    cause.facts.push_back(
        {CauseFactKind::segmented, message.pieces.size(), 0, {}, 0, 0, message.size});
  }

  // By one call, of a group by one of each of its sockets.
  void take(const Datagram& datagram, const Endpoint& source, const Endpoint& destination,
            std::uint64_t size, Cause& cause) {
    std::vector<std::uint64_t> sockets;
    received_.visit(destination.port, [&](Message& message) {
      const SocketCall& call = *message.call;
      if (!is_between(call, message.peer, destination, source)) return true;
      if (call.returned.value_or(datagram.time) < datagram.time || !fits(message, size))
        return true;
      if (std::ranges::find(sockets, call.socket) != sockets.end()) return true;
      message.used = true;
      sockets.push_back(call.socket);
      add_taker(call, datagram.time, cause);
      const std::uint64_t taken = taken_bytes(message);
      if (taken < size) {
        cause.facts.push_back({CauseFactKind::cut, taken, 0, {}, 0, 0, size});
      }
      return names_many(destination.address);
    });
  }

  // The kernel tells the socket that sent: its next call fails with it (RFC 1122 §4.1.3.3).
  void explain_refusal(const Datagram& datagram, const Endpoint& source,
                       const Endpoint& destination, Cause& cause) {
    refused_.visit(destination.port, [&](Message& message) {
      const SocketCall& call = *message.call;
      if (!is_between(call, message.peer, destination, source)) return true;
      if (call.returned.value_or(datagram.time) < datagram.time) return true;
      message.used = true;
      add_taker(call, datagram.time, cause);
      return false;
    });
  }

  void add_taker(const SocketCall& call, Timestamp arrived, Cause& cause) const {
    const bool is_first = cause.blocked.empty();
    const SocketCall* wait = find_wait(waits_, call, arrived);
    if (wait != nullptr) {
      add_once(cause.blocked.calls, wait->name);
      cause.taking_calls.push_back(index_of(*wait));
    }
    add_once(cause.blocked.calls, call.name);
    cause.taking_calls.push_back(index_of(call));
    std::ranges::sort(cause.taking_calls);
    // clang 14 cannot read std::ranges::unique.
    cause.taking_calls.erase(std::unique(cause.taking_calls.begin(), cause.taking_calls.end()),
                             cause.taking_calls.end());
    if (is_first) cause.facts.push_back(waiting_fact(wait != nullptr ? *wait : call, arrived));
  }

  std::span<const SocketCall> calls_;
  std::array<bool, 2> known_{};  // client, server: its calls were seen
  std::vector<const SocketCall*> waits_;
  MessageQueues sent_;
  MessageQueues received_;  // in the order of their ends
  MessageQueues refused_;   // calls that were told of an ICMP error
};

}  // namespace

std::vector<std::vector<Cause>> infer_causes(std::span<const UdpExchange> exchanges,
                                             std::span<const SocketCall> calls) {
  std::vector<std::vector<Cause>> causes(exchanges.size());
  std::vector<std::tuple<std::size_t, std::size_t, std::size_t>> order;  // packet, exchange, part
  for (std::size_t number = 0; number < exchanges.size(); ++number) {
    const std::vector<Datagram>& datagrams = exchanges[number].datagrams;
    causes[number].resize(datagrams.size());
    for (std::size_t part = 0; part < datagrams.size(); ++part) {
      order.emplace_back(datagrams[part].packet, number, part);
    }
  }
  std::ranges::sort(order);
  ExchangeExplainer explainer(calls);
  for (const auto& [packet, number, part] : order) {
    const UdpExchange& exchange = exchanges[number];
    causes[number][part] = explainer.explain(exchange, exchange.datagrams[part]);
  }
  return causes;
}

}  // namespace wireproof
