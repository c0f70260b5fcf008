#include <algorithm>

#include "expect/cause/call_facts.h"
#include "expect/cause/cause.h"
#include "expect/cause/connection_calls.h"

// Datagrams keep their boundaries: the n-th that a side sent is its n-th message sent, by size.

namespace wireproof {
namespace {

struct Message {
  const SocketCall* call = nullptr;
  std::uint64_t size = 0;
};

struct Messages {
  bool known = false;
  std::vector<Message> sent;
  std::vector<Message> received;
  std::size_t next_sent = 0;  // that no datagram has yet
  std::size_t next_received = 0;
  std::vector<const SocketCall*> waits;  // that found some socket ready
};

void add_messages(std::vector<Message>& messages, const SocketCall& call) {
  for (const std::uint64_t size : call.message_sizes) messages.push_back({&call, size});
  if (call.message_sizes.empty()) {
    messages.push_back({&call, static_cast<std::uint64_t>(call.result)});
  }
}

Messages sort_messages(const UdpExchange& exchange, std::span<const SocketCall> calls, Side side) {
  Messages sorted;
  for (const SocketCall& call : calls) {
    if (call.side != side) continue;
    if (is_traced(call)) sorted.known = true;  // everything was seen
    if (!call.ready.empty()) sorted.waits.push_back(&call);
    const auto& client = side == Side::client ? call.local : call.remote;
    if (!names_endpoint(client, exchange.client) || call.result < 0) continue;
    const CallFamily family = call_family(call.name);
    if (family == CallFamily::send) add_messages(sorted.sent, call);
    if (family == CallFamily::recv && !peeks(call)) add_messages(sorted.received, call);
  }
  sorted.known = sorted.known || !sorted.sent.empty() || !sorted.received.empty();
  return sorted;
}

// The next message of this size; a receive call may have cut it. What a full buffer dropped was
// sent, but never received.
enum class Cut : std::uint8_t { never, maybe };
const SocketCall* take(const std::vector<Message>& messages, std::size_t& next,
                       const Datagram& datagram, Cut cut) {
  for (std::size_t index = next; index < messages.size(); ++index) {
    const bool received = messages[index].call->returned.value_or(datagram.time) >= datagram.time;
    const std::uint64_t size = messages[index].size;
    const bool fits =
        size == datagram.payload_size || (cut == Cut::maybe && size < datagram.payload_size);
    if (!fits || !received) continue;
    next = index + 1;
    return messages[index].call;
  }
  return nullptr;
}

}  // namespace

std::vector<Cause> infer_causes(const UdpExchange& exchange, std::span<const SocketCall> calls) {
  Messages client = sort_messages(exchange, calls, Side::client);
  Messages server = sort_messages(exchange, calls, Side::server);
  std::vector<Cause> causes;
  for (const Datagram& datagram : exchange.datagrams) {
    Cause& cause = causes.emplace_back();
    cause.side = datagram.from;
    if (datagram.port_unreachable) {
      cause.call.kernel = true;
      cause.facts.push_back({CauseFactKind::port_unbound});
      continue;
    }
    const bool from_client = datagram.from == Side::client;
    Messages& sender = from_client ? client : server;
    Messages& receiver = from_client ? server : client;
    const SocketCall* send = take(sender.sent, sender.next_sent, datagram, Cut::never);
    cause.call.calls = {send != nullptr ? send->name : "send"};
    cause.call_inferred = send == nullptr;
    const auto index_of = [&calls](const SocketCall& call) {
      return static_cast<std::size_t>(&call - calls.data());
    };
    if (send != nullptr) cause.causing_calls = {index_of(*send)};
    const SocketCall* receive =
        take(receiver.received, receiver.next_received, datagram, Cut::maybe);
    if (receive != nullptr) {
      const SocketCall* wait = find_wait(receiver.waits, *receive, datagram.time);
      if (wait != nullptr) {
        cause.blocked.calls.push_back(wait->name);
        cause.taking_calls.push_back(index_of(*wait));
      }
      cause.blocked.calls.push_back(receive->name);
      cause.taking_calls.push_back(index_of(*receive));
      std::ranges::sort(cause.taking_calls);
      cause.facts.push_back(waiting_fact(wait != nullptr ? *wait : *receive, datagram.time));
    } else if (!receiver.known) {
      cause.blocked.calls = {"recv"};
      cause.blocked_inferred = true;
    }
  }
  return causes;
}

}  // namespace wireproof
