#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/text/time.h"
#include "base/text/words.h"
#include "expect/cause/call_facts.h"
#include "expect/cause/cause.h"
#include "judge/story/conversation_story.h"

namespace wireproof {
namespace {

// One packet of the loopback may be several datagrams (UDP_SEGMENT).
std::size_t count_parts(const Datagram& datagram, const Cause& cause) {
  const auto fact = std::ranges::find(cause.facts, CauseFactKind::segmented, &CauseFact::kind);
  const bool is_whole = fact != cause.facts.end() && fact->total == datagram.payload_size;
  return is_whole ? fact->count : 1;
}

std::size_t count_takers(const Cause& cause, std::span<const SocketCall> calls) {
  return static_cast<std::size_t>(std::ranges::count_if(
      cause.taking_calls, [calls](std::size_t call) { return calls[call].ready.empty(); }));
}

// Of the datagrams of one side in the other's buffer; empty where none waited.
std::string longest_wait(const UdpExchange& exchange, Side from, std::span<const SocketCall> calls,
                         std::span<const Cause> causes, const std::string& receiver) {
  Duration longest{};
  std::string text;
  for (std::size_t i = 0; i < exchange.datagrams.size(); ++i) {
    const Datagram& datagram = exchange.datagrams[i];
    if (datagram.from != from || causes[i].taking_calls.empty()) continue;
    if (datagram.port_unreachable) continue;
    const SocketCall& taker = calls[causes[i].taking_calls.front()];
    if (taker.entered - datagram.time <= longest) continue;
    longest = taker.entered - datagram.time;
    text = fmt::format("the {} of packet {} waited {} in {}'s buffer until it called {}",
                       counted(datagram.payload_size, "byte"), datagram.packet + 1,
                       render_milliseconds(longest), receiver, taker.name);
  }
  return text;
}

// Datagrams that were longer than the buffer: the rest of them is lost (udp(7)).
void tell_cuts(const UdpExchange& exchange, Side from, std::span<const Cause> causes,
               const std::string& receiver, std::vector<std::string>& story) {
  for (std::size_t i = 0; i < exchange.datagrams.size(); ++i) {
    if (exchange.datagrams[i].from != from) continue;
    const auto cut = std::ranges::find(causes[i].facts, CauseFactKind::cut, &CauseFact::kind);
    if (cut == causes[i].facts.end()) continue;
    const std::uint64_t lost = cut->total - cut->count;
    story.push_back(fmt::format(
        "{} took {} of the {} of packet {}: the buffer of {} was smaller, the other {} {} gone",
        receiver, cut->count, counted(cut->total, "byte"), exchange.datagrams[i].packet + 1,
        causes[i].blocked.calls.back(), lost, lost == 1 ? "is" : "are"));
  }
}

// The kernel's answers to datagrams for a port of nobody, and whom they made fail.
void tell_refusals(const UdpExchange& exchange, std::span<const Cause> causes,
                   std::span<const SocketCall> calls, const StoryNames& names,
                   std::vector<std::string>& story) {
  if (std::ranges::none_of(exchange.datagrams, &Datagram::port_unreachable)) return;
  story.push_back(fmt::format("no socket was bound to UDP port {}: the kernel answered with ICMP",
                              exchange.server.port));
  for (std::size_t i = 0; i < exchange.datagrams.size(); ++i) {
    const Datagram& datagram = exchange.datagrams[i];
    if (!datagram.port_unreachable || causes[i].taking_calls.empty()) continue;
    const SocketCall& met = calls[causes[i].taking_calls.back()];
    story.push_back(met.error_number == 0
                        ? fmt::format("{}'s {} was told of it (packet {})",
                                      names.of(other_side(datagram.from)), met.name,
                                      datagram.packet + 1)
                        : fmt::format("{}'s {} failed with it (packet {}): {}",
                                      names.of(other_side(datagram.from)), met.name,
                                      datagram.packet + 1, ::strerrordesc_np(met.error_number)));
  }
}

}  // namespace

std::vector<std::string> tell_exchange(const UdpExchange& exchange, std::span<const Cause> causes,
                                       std::span<const SocketCall> calls, const StoryNames& names) {
  std::vector<std::string> story;
  for (const Side from : {Side::client, Side::server}) {
    std::size_t count = 0;
    std::size_t taken = 0;
    for (std::size_t i = 0; i < exchange.datagrams.size(); ++i) {
      if (exchange.datagrams[i].from != from || exchange.datagrams[i].port_unreachable) continue;
      const std::size_t parts = count_parts(exchange.datagrams[i], causes[i]);
      count += parts;
      taken += std::min(parts, count_takers(causes[i], calls));
    }
    if (count == 0) continue;
    const std::string& receiver = names.of(other_side(from));
    const bool known = std::ranges::any_of(calls, [from](const SocketCall& call) {
      return call.side == other_side(from) && is_traced(call);
    });
    std::string text = fmt::format("{} sent {}", names.of(from), counted(count, "datagram"));
    if (known && taken == count) text += fmt::format("; {} received all", receiver);
    const bool refused = std::ranges::any_of(exchange.datagrams, [from](const Datagram& answer) {
      return answer.port_unreachable && answer.from != from;
    });
    if (known && taken < count && (taken > 0 || !refused)) {
      text += fmt::format("; {} received {} of them", receiver, taken);
    }
    story.push_back(std::move(text));
    const std::string wait = longest_wait(exchange, from, calls, causes, receiver);
    if (!wait.empty()) story.push_back(wait);
    tell_cuts(exchange, from, causes, receiver, story);
  }
  tell_refusals(exchange, causes, calls, names, story);
  return story;
}

}  // namespace wireproof
