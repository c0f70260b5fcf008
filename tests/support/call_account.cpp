#include "support/call_account.h"

#include <algorithm>
#include <array>
#include <optional>

#include "expect/cause/call_facts.h"
#include "expect/cause/cause.h"
#include "expect/cause/connection_calls.h"

namespace wireproof {
namespace {

std::string side_name(Side side) {
  return side == Side::client ? "client" : "server";
}

// Positions as stream bytes, counted from 0: "bytes 5..9".
std::string bytes_text(std::uint64_t begin, std::uint64_t end) {
  return "bytes " + std::to_string(begin - 1) + ".." + std::to_string(end - 2);
}

std::string call_text(const SocketCall& call) {
  return call.name + " of thread " + std::to_string(call.thread) + " (call " +
         std::to_string(call.order) + ")";
}

std::string packet_text(const Segment& segment) {
  return "packet " + std::to_string(segment.packet + 1);
}

CallFamily family_of_last(const Cause& cause) {
  return cause.call.calls.empty() ? CallFamily::other : call_family(cause.call.calls.back());
}

class Account {
 public:
  Account(const TcpConnection& connection, std::span<const SocketCall> calls)
      : connection_(connection),
        sides_{sort_calls(connection, calls, Side::client),
               sort_calls(connection, calls, Side::server)},
        causes_(infer_causes(connection, calls)) {}

  std::vector<std::string> check() {
    for (const Side side : {Side::client, Side::server}) {
      if (!calls_of(side).known) {
        say("no call of the " + side_name(side) + " is known");
        continue;
      }
      check_sends(side);
      check_receives(side);
    }
    for (std::size_t index = 0; index < causes_.size(); ++index) check_end(index);
    return std::move(violations_);
  }

 private:
  const SideCalls& calls_of(Side side) const { return sides_[side == Side::client ? 0 : 1]; }
  void say(std::string violation) { violations_.push_back(std::move(violation)); }
  std::uint64_t stream_end(Side side) const { return connection_.stream(side).size() + 1; }

  bool was_reset() const {
    return std::ranges::any_of(connection_.segments,
                               [](const Segment& segment) { return segment.has(tcp_flag::kRst); });
  }

  // Ranges follow each other without a gap: what is left to check is where they end, and when.
  void check_sends(Side side) {
    const auto& sends = calls_of(side).sends;
    const std::uint64_t end = stream_end(side);
    const std::uint64_t sent = sends.empty() ? 1 : sends.back().end;
    if (sent < end) {
      say(bytes_text(sent, end) + " of the " + side_name(side) + " belong to no sending call");
    }
    const bool never_ended = !sends.empty() && !sends.back().call->returned;
    if (sent > end && !never_ended && !was_reset()) {
      say("the calls of the " + side_name(side) + " sent " + bytes_text(end, sent) +
          ", which no packet carries");
    }
    for (const Segment& segment : connection_.segments) {
      if (segment.from != side || segment.payload_size == 0) continue;
      for (const SocketCall* call :
           covering(sends, segment.seq, segment.seq + segment.payload_size)) {
        if (call->entered <= segment.time) continue;
        say(packet_text(segment) + " left before " + call_text(*call) +
            ", which is to have sent it");
      }
    }
  }

  void check_receives(Side side) {
    const auto& receives = calls_of(side).receives;
    const Side sender = other_side(side);
    const std::uint64_t taken = receives.empty() ? 1 : receives.back().end;
    if (taken > stream_end(sender)) {
      say("the calls of the " + side_name(side) + " took " + bytes_text(stream_end(sender), taken) +
          ", which nobody sent");
    }
    for (const Event& event : connection_.events) {
      if (event.kind != EventKind::bytes || event.from != sender) continue;
      const Segment& segment = connection_.segments.at(event.segment);
      for (const SocketCall* call : covering(receives, event.begin, event.end)) {
        if (!call->returned || *call->returned >= segment.time) continue;
        say(packet_text(segment) + " came after " + call_text(*call) +
            ", which is to have taken it");
      }
    }
  }

  void check_end(std::size_t index) {
    const Segment& segment = connection_.segments[index];
    const Cause& cause = causes_[index];
    if (!calls_of(segment.from).known) return;
    const std::string who = packet_text(segment) + ", ";
    if (segment.has(tcp_flag::kRst)) {
      const bool reason = !cause.facts.empty() || family_of_last(cause) == CallFamily::close;
      if (cause.call.empty() || cause.call_inferred || !reason) {
        say(who + "a RST of the " + side_name(segment.from) + ", has no cause");
      }
    } else if (segment.has(tcp_flag::kFin) && segment.repeat == Repeat::none) {
      if (!names_end(segment, cause)) {
        say(who + "the FIN of the " + side_name(segment.from) + ", has no cause");
      }
    }
  }

  // The last name counts, since a FIN may ride on data.
  bool names_end(const Segment& segment, const Cause& cause) const {
    const CallFamily family = family_of_last(cause);
    if (cause.call_inferred) return false;
    const SideCalls& sender = calls_of(segment.from);
    const auto came_first = [&](const SocketCall* call) {
      return call->entered <= segment.time && call->still_held_by.empty();
    };
    return (family == CallFamily::close && std::ranges::any_of(sender.releases, came_first)) ||
           (family == CallFamily::shutdown && std::ranges::any_of(sender.shutdowns, came_first));
  }

  const TcpConnection& connection_;
  std::array<SideCalls, 2> sides_;  // client, server
  std::vector<Cause> causes_;
  std::vector<std::string> violations_;
};

}  // namespace

std::vector<std::string> check_calls_account_for(const TcpConnection& connection,
                                                 std::span<const SocketCall> calls) {
  return Account(connection, calls).check();
}

}  // namespace wireproof
