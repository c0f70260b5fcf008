#include <fmt/format.h>

#include <algorithm>

#include "base/text/time.h"
#include "base/text/words.h"
#include "expect/cause/call_facts.h"
#include "expect/cause/cause.h"
#include "judge/explain/conversation_story.h"

namespace wireproof {
namespace {

// Of the datagrams of one side in the other's buffer; empty where none waited.
std::string longest_wait(const UdpExchange& exchange, Side from, std::span<const SocketCall> calls,
                         const std::vector<Cause>& causes, const std::string& receiver) {
  Duration longest{};
  std::string text;
  for (std::size_t i = 0; i < exchange.datagrams.size(); ++i) {
    const Datagram& datagram = exchange.datagrams[i];
    if (datagram.from != from || causes[i].taking_calls.empty()) continue;
    const SocketCall& taker = calls[causes[i].taking_calls.front()];
    if (taker.entered - datagram.time <= longest) continue;
    longest = taker.entered - datagram.time;
    text = fmt::format("the {} of packet {} waited {} in {}'s buffer until it called {}",
                       counted(datagram.payload_size, "byte"), datagram.packet + 1,
                       render_milliseconds(longest), receiver, taker.name);
  }
  return text;
}

}  // namespace

std::vector<std::string> tell_exchange(const UdpExchange& exchange,
                                       std::span<const SocketCall> calls, const StoryNames& names) {
  std::vector<std::string> story;
  const std::vector<Cause> causes = infer_causes(exchange, calls);
  for (const Side from : {Side::client, Side::server}) {
    std::size_t count = 0;
    std::size_t taken = 0;
    for (std::size_t i = 0; i < exchange.datagrams.size(); ++i) {
      if (exchange.datagrams[i].from != from || exchange.datagrams[i].port_unreachable) continue;
      ++count;
      if (!causes[i].taking_calls.empty()) ++taken;
    }
    if (count == 0) continue;
    const std::string& receiver = names.of(other_side(from));
    const bool known = std::ranges::any_of(calls, [from](const SocketCall& call) {
      return call.side == other_side(from) && is_traced(call);
    });
    std::string text = fmt::format("{} sent {}", names.of(from), counted(count, "datagram"));
    if (known && taken == count) text += fmt::format("; {} received all", receiver);
    if (known && taken < count) text += fmt::format("; {} received {} of them", receiver, taken);
    story.push_back(std::move(text));
    const std::string wait = longest_wait(exchange, from, calls, causes, receiver);
    if (!wait.empty()) story.push_back(wait);
  }
  const bool unreachable = std::ranges::any_of(exchange.datagrams, &Datagram::port_unreachable);
  if (unreachable) {
    story.push_back(fmt::format("no socket was bound to UDP port {}: the kernel answered with ICMP",
                                exchange.server.port));
  }
  return story;
}

}  // namespace wireproof
