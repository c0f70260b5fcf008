#include "judge/story/conversation_story.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "base/text/time.h"
#include "base/text/words.h"
#include "expect/cause/call_facts.h"
#include "expect/cause/cause.h"
#include "expect/cause/connection_calls.h"
#include "result/packet_line.h"

namespace wireproof {
namespace {

constexpr std::ptrdiff_t kManyEnds = 3;  // a program may look twice

// "2 calls (send, write)".
std::string render_calls(std::span<const RangedCall> ranges) {
  std::vector<std::string> names;
  for (const RangedCall& range : ranges) add_once(names, range.call->name);
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return fmt::format("{} ({})", counted(ranges.size(), "call"), text);
}

bool is_about_waiting(const CauseFact& fact) {
  return fact.kind == CauseFactKind::already_waiting || fact.kind == CauseFactKind::called_later;
}

// Of the bytes that were sent; a call that never returned may have taken any number.
std::size_t count_taken(std::span<const RangedCall> receives, std::size_t sent) {
  std::size_t taken = 0;
  for (const RangedCall& range : receives) {
    taken += std::min<std::size_t>(range.end, sent + 1) - std::min(range.begin, sent + 1);
  }
  return taken;
}

// Urgent bytes that no call with MSG_OOB has taken.
std::size_t count_left(const SideCalls& receiver) {
  return static_cast<std::size_t>(
      std::ranges::count_if(receiver.urgent, [&receiver](std::uint64_t position) {
        return covering(receiver.receives, position, position + 1).empty();
      }));
}

// 0.0.0.0 is any address of IPv4 alone; :: of both, but where IPV6_V6ONLY is on.
bool covers(const Endpoint& listening, const Endpoint& asked) {
  const bool is_ipv4 = unmap_ipv4(listening.address).version == IpVersion::v4;
  return (!is_ipv4 || unmap_ipv4(asked.address).version == IpVersion::v4) &&
         names_endpoint(listening, asked);
}

bool carries_new_bytes(const Segment& segment) {
  return segment.payload_size > 0 && contributes(segment.repeat);
}

class Teller {
 public:
  Teller(const TcpConnection& connection, std::span<const SocketCall> calls,
         const StoryNames& names, const StoryScene& scene)
      : connection_(connection),
        calls_(calls),
        names_(names),
        scene_(scene),
        causes_(infer_causes(connection, calls)),
        sides_{sort_calls(connection, calls, Side::client),
               sort_calls(connection, calls, Side::server)} {}

  std::vector<std::string> tell() {
    tell_opening();
    const bool server_first = std::ranges::any_of(connection_.events, [](const Event& event) {
      return event.kind == EventKind::bytes && event.from == Side::server && event.ack <= 1;
    });
    tell_bytes(server_first ? Side::server : Side::client);
    tell_bytes(server_first ? Side::client : Side::server);
    tell_ends();
    return std::move(story_);
  }

 private:
  const SideCalls& calls_of(Side side) const { return sides_[side == Side::client ? 0 : 1]; }

  // The wait call that found what a segment brought; null where there was none.
  const SocketCall* wait_before(std::size_t segment) const {
    for (const std::size_t index : causes_[segment].taking_calls) {
      if (!calls_[index].ready.empty()) return &calls_[index];
    }
    return nullptr;
  }

  // The client's first segment behind the server's SYN (RFC 9293 §3.5).
  std::optional<Timestamp> handshake_end() const {
    bool answered = false;
    for (const Segment& segment : connection_.segments) {
      if (segment.from == Side::server) {
        answered = answered || segment.has(tcp_flag::kSyn);
      } else if (answered && segment.has(tcp_flag::kAck)) {
        return segment.time;
      }
    }
    return std::nullopt;
  }

  // Who listens on the port may listen at another address alone: localhost names ::1, too.
  std::string refusal_text() const {
    const Endpoint& asked = connection_.server;
    for (const SocketCall& call : calls_) {
      const bool listens = call.name == "listen" && call.returned && call.result == 0 && call.local;
      if (!listens || call.local->port != asked.port || covers(*call.local, asked)) continue;
      return fmt::format(
          "nothing listened on {}: the connect of {} was refused; {} listened on {} only",
          render_endpoint(asked), names_.client, call.actor, render_endpoint(*call.local));
    }
    if (calls_.empty()) {  // a RST may come from a firewall, too
      return fmt::format("the connect of {} was refused: usually nothing listens on port {}",
                         names_.client, asked.port);
    }
    return fmt::format("nothing listened on port {}: the connect of {} was refused", asked.port,
                       names_.client);
  }

  void tell_full_queue(const FullQueue& full) {
    say(fmt::format(
        "the accept queue of {} was full: it had called listen({}), and {} waited for accept "
        "(listen(2)); the kernel dropped the SYN of {}{}",
        names_.server, full.backlog, counted(full.waiting, "connection"), names_.client,
        full.dropped > 1 ? fmt::format(" {} times", full.dropped) : ""));
  }

  void tell_opening() {
    if (!has_event(connection_, EventKind::open, Side::client)) return;
    const auto full = find_full_queue(connection_, scene_.queued, scene_.sockets);
    if (full) tell_full_queue(*full);
    if (!was_answered(connection_)) {
      const bool refused = has_event(connection_, EventKind::rst, Side::server);
      if (refused) return say(refusal_text());
      if (!full) say(fmt::format("nobody answered the SYN of {}", names_.client));
      return;
    }
    const SideCalls& server = calls_of(Side::server);
    const auto complete = handshake_end();
    if (!server.known || !complete) return;
    if (server.accept == nullptr) {
      say(names_.server +
          " never accepted the connection: it stayed in the listening socket's queue");
      return;
    }
    const SocketCall* wait = wait_before(0);
    const SocketCall& first = wait != nullptr ? *wait : *server.accept;
    if (first.entered > *complete) {
      say(
          fmt::format("{} called {} {} after the handshake was complete: until then the connection "
                      "waited in the listening socket's queue",
                      names_.server, first.name, render_milliseconds(first.entered - *complete)));
      return;
    }
    const Timestamp accepted = server.accept->returned.value_or(*complete);
    say(fmt::format(
        "{} was waiting in {} and had the connection {} after the handshake was complete",
        names_.server, first.name,
        render_milliseconds(std::max(Duration(0), Duration(accepted - *complete)))));
  }

  void tell_bytes(Side from) {
    const std::size_t size = connection_.stream(from).size();
    if (size == 0) return;
    const auto packets = static_cast<std::size_t>(
        std::ranges::count_if(connection_.segments, [from](const Segment& segment) {
          return segment.from == from && carries_new_bytes(segment);
        }));
    const SideCalls& sender = calls_of(from);
    std::string text = fmt::format("{} sent {}", names_.of(from), counted(size, "byte"));
    if (!sender.sends.empty()) text += fmt::format(" with {}", render_calls(sender.sends));
    text += fmt::format(" in {}", counted(packets, "packet"));
    tell_taking(from, text);
    say(std::move(text));
    tell_held_back(from);
    tell_waiting(from);
    tell_closed_window(other_side(from));
  }

  void tell_held_back(Side from) {
    constexpr std::size_t kMany = 2;
    const HeldBack held = find_held_back(connection_, causes_, calls_, from);
    if (held.count < kMany) return;
    say(
        fmt::format("{} of {} waited {} to {} for the ACK of the one before: Nagle's algorithm "
                    "(RFC 9293 §3.7.4); TCP_NODELAY, or one send for what belongs together",
                    counted(held.count, "send"), names_.of(from),
                    render_milliseconds(held.shortest), render_milliseconds(held.longest)));
  }

  void tell_closed_window(Side reader) {
    const auto closed = find_closed_window(connection_, reader);
    if (!closed) return;
    std::string text =
        fmt::format("{}'s window was closed {}from packet {} ", names_.of(reader),
                    closed->until_packet ? "for " + render_milliseconds(closed->lasted) + ", " : "",
                    closed->from_packet + 1);
    text += closed->until_packet ? fmt::format("to packet {}", *closed->until_packet + 1) : "on";
    text += ": it did not read";
    const auto& sends = calls_of(other_side(reader)).sends;
    if (!closed->until_packet && !sends.empty() && !sends.back().call->returned) {
      text += fmt::format("; the {} of {} waited for it still at the end", sends.back().call->name,
                          names_.of(other_side(reader)));
    }
    say(std::move(text));
  }

  // What such a call has taken is not known before it returns; null: there is none.
  const SocketCall* waiting_for_all(Side side) const {
    const SideCalls& own = calls_of(side);
    const std::uint64_t socket = own.accept != nullptr    ? own.accept->new_socket
                                 : own.connect != nullptr ? own.connect->socket
                                                          : 0;
    const auto found = std::ranges::find_if(calls_, [&](const SocketCall& call) {
      return call.side == side && call.socket == socket && !call.returned &&
             call_family(call.name) == CallFamily::recv && has_flag(call, MSG_WAITALL);
    });
    return found == calls_.end() ? nullptr : &*found;
  }

  // "; server.py took all with 2 calls (recv)".
  void tell_taking(Side from, std::string& text) const {
    const Side to = other_side(from);
    const SideCalls& receiver = calls_of(to);
    if (!receiver.known) return;
    const std::size_t sent = connection_.stream(from).size();
    if (receiver.receives.empty()) {
      const SocketCall* const waiting = waiting_for_all(to);
      text += waiting == nullptr ? fmt::format("; {} never read any of it", names_.of(to))
                                 : fmt::format("; {}'s {} still waits for more (MSG_WAITALL)",
                                               names_.of(to), waiting->name);
      return;
    }
    const std::size_t taken = count_taken(receiver.receives, sent);
    const std::size_t urgent = count_left(receiver);
    const std::size_t left = sent - std::min(sent, taken + urgent);
    text += taken == sent ? fmt::format("; {} took all", names_.of(to))
                          : fmt::format("; {} took {} of them", names_.of(to), taken);
    text += fmt::format(" with {}", render_calls(receiver.receives));
    if (urgent > 0) {
      text += fmt::format(", {} urgent and not in the stream",
                          urgent == 1 ? "1 was" : fmt::format("{} were", urgent));
    }
    if (left > 0) text += fmt::format(", {} {} never read", left, left == 1 ? "was" : "were");
  }

  // How long bytes lay in the buffer before the call that took them was made.
  void tell_waiting(Side from) {
    const SideCalls& receiver = calls_of(other_side(from));
    if (receiver.receives.empty()) return;
    const Segment* longest = nullptr;
    Duration wait{};
    std::size_t count = 0;
    std::vector<std::string> waiting;
    for (std::size_t index = 0; index < connection_.segments.size(); ++index) {
      const Segment& segment = connection_.segments[index];
      if (segment.from != from || !carries_new_bytes(segment)) continue;
      const auto takers =
          covering(receiver.receives, segment.seq, segment.seq + segment.payload_size);
      if (takers.empty()) continue;
      ++count;
      const SocketCall* before = wait_before(index);
      const SocketCall& first = before != nullptr ? *before : *takers.front();
      add_once(waiting, first.name);
      if (first.entered - segment.time <= wait) continue;
      longest = &segment;
      wait = first.entered - segment.time;
    }
    if (waiting.empty()) return;
    const std::string& reader = names_.of(other_side(from));
    if (longest == nullptr) {
      say(fmt::format("{} was waiting in {}{}", reader, waiting.front(),
                      count > 1 ? " each time" : ""));
    } else {
      say(fmt::format("the {} of packet {} waited {} in {}'s buffer until it called {}",
                      counted(longest->payload_size, "byte"), longest->packet + 1,
                      render_milliseconds(wait), reader, waiting.back()));
    }
  }

  void tell_ends() {
    for (const Side side : {Side::client, Side::server}) tell_killed(side);
    const auto mutual = find_mutual_wait(sides_, calls_);
    if (mutual) tell_mutual_wait(*mutual);
    const bool opened = was_answered(connection_);
    for (const Event& event : connection_.events) {
      if (event.kind == EventKind::fin) tell_fin(event);
      if (event.kind == EventKind::rst && opened) tell_reset(event);
    }
    const bool is_told = mutual && !mutual->gave_up;
    if (!opened || is_told || has_event(connection_, EventKind::rst)) return;
    for (const Side side : {Side::client, Side::server}) {
      if (!has_event(connection_, EventKind::fin, side)) tell_open_end(side);
    }
  }

  void tell_mutual_wait(const MutualWait& wait) {
    const std::string& client = wait.client->name;
    const std::string& server = wait.server->name;
    const std::string both = client == server
                                 ? "both were in " + client
                                 : fmt::format("{} was in {} and {} in {}", names_.client, client,
                                               names_.server, server);
    say(wait.gave_up ? fmt::format("for {} {}: each waited for the other, until {} gave up",
                                   render_milliseconds(wait.lasted), both, names_.of(*wait.gave_up))
                     : fmt::format("at the end {}: each waits for the other", both));
  }

  void tell_fin(const Event& event) {
    const std::size_t packet = connection_.segments[event.segment].packet;
    const Cause& cause = causes_[event.segment];
    Doers ending = cause.call;
    // A segment with data and FIN names the calls of both; the last one ended the stream.
    if (ending.calls.size() > 1) ending.calls = {ending.calls.back()};
    std::string text = fmt::format("{} sent the FIN (packet {})",
                                   calls_text(ending, cause.call_inferred, event.from), packet + 1);
    const SocketCall* reader = calls_of(other_side(event.from)).end_of_stream;
    if (reader != nullptr) {
      text += fmt::format("; {}'s {} returned 0 for it", names_.of(other_side(event.from)),
                          reader->name);
    }
    const auto held =
        std::ranges::find(cause.facts, CauseFactKind::held_by_other, &CauseFact::kind);
    if (held != cause.facts.end()) text += "; " + render_fact(*held);
    say(std::move(text));
  }

  void tell_reset(const Event& event) {
    const Cause& cause = causes_[event.segment];
    std::string text = fmt::format("{} sent a RST (packet {})",
                                   calls_text(cause.call, cause.call_inferred, event.from),
                                   connection_.segments[event.segment].packet + 1);
    // What the call that got it waited for is not why it was sent.
    if (!cause.facts.empty() && !is_about_waiting(cause.facts.front())) {
      text += ": " + render_fact(cause.facts.front());
    }
    const SocketCall* met = calls_of(other_side(event.from)).reset;
    if (met != nullptr) {
      text += fmt::format("; {}'s {} failed with it ({})", names_.of(other_side(event.from)),
                          met->name, ::strerrordesc_np(met->error_number));
    }
    say(std::move(text));
  }

  // A loop that takes an empty result for data reads the end of the stream again and again.
  void tell_unnoticed_end(Side side) {
    const SocketCall* end = calls_of(side).end_of_stream;
    if (end == nullptr) return;
    const auto count = std::ranges::count_if(calls_, [end](const SocketCall& call) {
      return call.side == end->side && call.socket == end->socket && call.name == end->name &&
             call.returned && call.result == 0;
    });
    if (count < kManyEnds) return;
    say(fmt::format("{}'s {} returned 0 {} times: it does not notice the end of the stream",
                    names_.of(side), end->name, count));
  }

  // A side that sent neither FIN nor RST, nor got one.
  void tell_open_end(Side side) {
    const SideCalls& own = calls_of(side);
    if (!own.known || (side == Side::server && own.accept == nullptr)) return;
    const auto held = std::ranges::find_if(
        own.releases, [](const SocketCall* call) { return !call->still_held_by.empty(); });
    if (held != own.releases.end()) {
      say(fmt::format(
          "process {} of {} closed the connection, but process {} still held it: no FIN "
          "was sent",
          (*held)->process, names_.of(side), (*held)->still_held_by.front()));
      return;
    }
    if (!own.releases.empty()) return;  // it closed; its FIN waits behind unsent bytes
    tell_unnoticed_end(side);
    say(has_event(connection_, EventKind::fin, other_side(side))
            ? fmt::format("{} had closed, but {} never did: its end stays in CLOSE-WAIT",
                          names_.of(other_side(side)), names_.of(side))
            : fmt::format("{} never closed the connection", names_.of(side)));
  }

  void tell_killed(Side side) {
    for (const SocketCall& call : calls_) {
      const auto& client = side == Side::client ? call.local : call.remote;
      const auto& server = side == Side::client ? call.remote : call.local;
      const bool is_own = call.side == side && call.ended_by_signal != 0 && !call.releases &&
                          client == connection_.client && server == connection_.server;
      if (!is_own) continue;
      say(fmt::format("{} was ended by signal {} while it was in {}", names_.of(side),
                      call.ended_by_signal, call.name));
    }
  }

  // "server.py's close"; inferred names stand in parentheses.
  std::string calls_text(const Doers& doers, bool inferred, Side side) const {
    if (doers.calls == std::vector<std::string>{"exit"}) return "the end of " + names_.of(side);
    if (doers.kernel) return "the kernel of " + names_.of(side);
    return names_.of(side) + "'s " + render_call(doers, inferred);
  }

  void say(std::string sentence) { story_.push_back(std::move(sentence)); }

  const TcpConnection& connection_;
  std::span<const SocketCall> calls_;
  const StoryNames& names_;
  const StoryScene& scene_;
  std::vector<Cause> causes_;  // of each segment
  std::array<SideCalls, 2> sides_;
  std::vector<std::string> story_;
};

}  // namespace

std::vector<std::string> tell_connection(const TcpConnection& connection,
                                         std::span<const SocketCall> calls, const StoryNames& names,
                                         const StoryScene& scene) {
  return Teller(connection, calls, names, scene).tell();
}

}  // namespace wireproof
