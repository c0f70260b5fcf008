// What the calls of a traced server show: one that failed, and what became of a request.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "base/text/words.h"
#include "expect/cause/call_facts.h"
#include "expect/cause/connection_calls.h"
#include "judge/causes/failure_evidence.h"

namespace wireproof {
namespace {

CallFamily family_of(const SocketCall& call) {
  return call.incoming ? CallFamily::recv : call_family(call.name);
}

// The server's calls until the failed client gave up.
class ServerCalls {
 public:
  explicit ServerCalls(const FailureEvidence& evidence) : evidence_(evidence) {
    for (const SocketCall& call : evidence.calls) {
      const bool is_later = evidence.gave_up && call.entered > *evidence.gave_up;
      if (call.side == Side::server && is_traced(call) && !is_later) calls_.push_back(call);
    }
    if (evidence.connection != nullptr) {
      of_connection_ = sort_calls(*evidence.connection, calls_, Side::server);
    }
    if (evidence.exchange == nullptr) return;
    for (const SocketCall& call : calls_) {
      const bool is_empty = call.udp && call.returned && call.result == 0 &&
                            (!call.remote || *call.remote == evidence.exchange->client);
      const bool has_taken = datagram_bytes(call) > 0 || is_empty;
      if (family_of(call) == CallFamily::recv && has_taken) asked_.insert(call.socket);
    }
  }

  const std::vector<SocketCall>& all() const { return calls_; }
  bool has_accepted() const { return of_connection_.accept != nullptr; }
  std::uint64_t socket() const { return has_accepted() ? of_connection_.accept->new_socket : 0; }

  // Whether it moves bytes of this client, or waits to.
  bool is_own(const SocketCall& call) const {
    const CallFamily family = family_of(call);
    if (family == CallFamily::wait) return has_accepted() && watches(call);
    if (family != CallFamily::recv && family != CallFamily::send) return false;
    return evidence_.exchange != nullptr ? asked_.contains(call.socket)
                                         : has_accepted() && call.socket == socket();
  }
  bool was_touched() const {
    return std::ranges::any_of(calls_, [&](const SocketCall& call) { return is_own(call); });
  }
  bool watches(const SocketCall& wait) const {
    return std::ranges::find(wait.watched, socket(), &WatchedSocket::socket) != wait.watched.end();
  }

  // A call that had not returned when the client gave up.
  bool is_open(const SocketCall& call) const {
    return !call.returned || (evidence_.gave_up && *call.returned > *evidence_.gave_up);
  }

  // Bytes for this client.
  std::size_t moved(CallFamily family) const {
    std::size_t bytes = 0;
    const auto& ranges =
        family == CallFamily::recv ? of_connection_.receives : of_connection_.sends;
    for (const RangedCall& range : ranges) bytes += range.end - range.begin;
    for (const SocketCall& call : calls_) {
      if (evidence_.exchange != nullptr && family_of(call) == family) bytes += datagram_bytes(call);
    }
    return bytes;
  }

  // What the threads that serve it are in; where none does, the one that has accepted it.
  std::vector<const SocketCall*> waits() const {
    std::set<std::int64_t> threads;
    for (const SocketCall& call : calls_) {
      if (is_own(call)) threads.insert(call.thread);
    }
    if (threads.empty() && has_accepted()) threads.insert(of_connection_.accept->thread);
    std::vector<const SocketCall*> open;
    for (const SocketCall& call : calls_) {
      if (is_open(call) && threads.contains(call.thread)) open.push_back(&call);
    }
    return open;
  }

  const SideCalls& of_connection() const { return of_connection_; }

  // Bytes of datagrams from this client, or to it, that the program itself has moved.
  std::size_t datagram_bytes(const SocketCall& call) const {
    if (!call.udp || call.result <= 0 || peeks(call)) return 0;
    const Endpoint& client = evidence_.exchange->client;
    if (call.message_sizes.empty()) {
      if (call.remote && *call.remote != client) return 0;  // a program need not ask who sent
      const auto size = static_cast<std::uint64_t>(call.result);
      return call.message_rooms.empty() ? size : std::min(size, call.message_rooms.front());
    }
    std::size_t bytes = 0;
    for (std::size_t at = 0; at < call.message_sizes.size(); ++at) {
      const bool is_its =
          at < call.message_peers.size() ? call.message_peers[at] == client : call.remote == client;
      if (is_its) bytes += call.message_sizes[at];
    }
    return bytes;
  }

 private:
  const FailureEvidence& evidence_;
  std::vector<SocketCall> calls_;
  SideCalls of_connection_;        // of TCP
  std::set<std::uint64_t> asked_;  // of UDP: sockets that took a datagram of this client
};

std::string error_words(const SocketCall& call) {
  return fmt::format("{}() failed with {} ({})", call.name, ::strerrorname_np(call.error_number),
                     ::strerrordesc_np(call.error_number));
}

// What a server may meet of a client, or expects; sendfile() and splice() are tried first where
// send() follows.
bool is_usual(const SocketCall& call) {
  constexpr int kUsual[] = {EAGAIN, EINPROGRESS, EALREADY,     EPIPE,
                            EINTR,  ECONNRESET,  ECONNREFUSED, ENOTCONN};
  return std::ranges::find(kUsual, call.error_number) != std::end(kUsual) ||
         call.name == "sendfile" || call.name == "splice";
}

// The last call to accept() of a server that has not accepted this client.
std::optional<std::string> tell_failed_accept(const ServerCalls& calls, bool has_ended) {
  const SocketCall* last = nullptr;
  for (const SocketCall& call : calls.all()) {
    if (family_of(call) == CallFamily::accept) last = &call;
  }
  if (last == nullptr || calls.is_open(*last) || last->result >= 0) return std::nullopt;
  if (last->error_number == EMFILE || last->error_number == ENFILE) {
    return error_words(*last) + ": those of earlier clients were not closed";
  }
  if (last->error_number != EINTR || !has_ended) return std::nullopt;
  return error_words(*last) +
         ": a signal came while it waited (SIGCHLD, where a child has ended), and the server takes "
         "that for an error";
}

std::optional<std::string> find_failed_call(const FailureEvidence& evidence) {
  // Of an answer that is wrong the bytes tell more.
  if (!evidence.came.empty()) return std::nullopt;
  const ServerCalls calls(evidence);
  if (evidence.exchange == nullptr && !calls.has_accepted()) {
    return tell_failed_accept(calls, !evidence.server_end.empty());
  }
  if (evidence.goal == StepGoal::other && !evidence.server_end.empty()) {
    if (auto told = tell_failed_accept(calls, true)) return told;
  }
  // The last one of each kind: what failed and then went well was seen to.
  const SocketCall* failed = nullptr;
  for (const CallFamily family : {CallFamily::recv, CallFamily::send}) {
    const SocketCall* last = nullptr;
    for (const SocketCall& call : calls.all()) {
      const bool is_one = calls.is_own(call) && family_of(call) == family && !calls.is_open(call);
      if (is_one) last = &call;
    }
    if (last != nullptr && last->result < 0 && !is_usual(*last)) failed = last;
  }
  if (failed == nullptr) return std::nullopt;
  return error_words(*failed) + (failed->udp && failed->error_number == EINVAL
                                     ? ": look at the address that it is given, and at its length "
                                       "(recvfrom() fills in the "
                                       "sender's where it is told how long its buffer is)"
                                     : "");
}

// "it waits in recv() for more"
std::string waiting_words(const ServerCalls& calls) {
  const std::string who = calls.has_accepted() && !calls.was_touched()
                              ? "no thread has called recv() for it, and the one that accepted it "
                              : "it ";
  const std::vector<const SocketCall*> open = calls.waits();
  const auto own =
      std::ranges::find_if(open, [&](const SocketCall* call) { return calls.is_own(*call); });
  if (open.empty())
    return who + "is in no call of a socket: it waits for something else, or computes";
  const SocketCall& wait = own == open.end() ? *open.front() : **own;
  if (family_of(wait) == CallFamily::recv && calls.is_own(wait)) {
    return who +
           fmt::format("waits in {}() for {}", wait.name, wait.udp ? "the next datagram" : "more");
  }
  const bool is_blind = family_of(wait) == CallFamily::wait && calls.has_accepted() &&
                        !wait.watched.empty() && !calls.watches(wait);
  return who + fmt::format("waits in {}(){}", wait.name,
                           is_blind ? ", which does not watch this connection" : "");
}

// What ended the connection, "close()"; empty: nothing of the server's.
std::string closing_words(const ServerCalls& calls) {
  const SideCalls& side = calls.of_connection();
  if (!side.shutdowns.empty()) return "shutdown()";
  if (side.releases.empty() || !side.releases.back()->still_held_by.empty()) return "";
  const std::string& name = side.releases.back()->name;
  return name == "exit" ? "its process ended" : name + "()";
}

}  // namespace

std::string tell_calls(const FailureEvidence& evidence) {
  const ServerCalls calls(evidence);
  const bool is_datagram = evidence.exchange != nullptr;
  const bool has_client = is_datagram || evidence.connection != nullptr;
  const bool is_known = !calls.all().empty() && evidence.server_end.empty();
  // Of an answer that is wrong the bytes tell more.
  if (!is_known || evidence.requests.empty() || !has_client || evidence.end == StepEnd::bytes) {
    return "";
  }
  if (!is_datagram && !calls.has_accepted()) {
    return "it has not called accept() for this connection";
  }
  std::string text = fmt::format("it took {}", calls.moved(CallFamily::recv));
  if (!is_datagram) text += fmt::format(" of {}", evidence.connection->client_stream.size());
  const std::size_t sent = calls.moved(CallFamily::send);
  text += fmt::format(" bytes and sent {}", sent == 0 ? "none" : std::to_string(sent));
  const std::string closed = is_datagram ? "" : closing_words(calls);
  if (evidence.end != StepEnd::timed_out && !closed.empty()) return text + ", then " + closed;
  return evidence.end == StepEnd::timed_out ? text + "; " + waiting_words(calls) : text;
}

bool took_datagram(const FailureEvidence& evidence, std::size_t size) {
  const ServerCalls calls(evidence);
  return std::ranges::any_of(calls.all(), [&](const SocketCall& call) {
    return family_of(call) == CallFamily::recv && calls.datagram_bytes(call) == size;
  });
}

std::string tell_unwatched(const FailureEvidence& evidence) {
  const ServerCalls calls(evidence);
  return calls.has_accepted() ? waiting_words(calls) : "";
}

bool was_left_untouched(const FailureEvidence& evidence) {
  const ServerCalls calls(evidence);
  return calls.has_accepted() && !calls.was_touched();
}

std::optional<Explanation> explain_calls(const FailureEvidence& evidence) {
  return first_explanation({{ExplanationId::failed_call, find_failed_call}}, evidence);
}

}  // namespace wireproof
