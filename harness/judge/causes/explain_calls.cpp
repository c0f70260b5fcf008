// What the calls of a traced server show: one that failed, and what became of a request.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <set>

#include "base/text/words.h"
#include "expect/cause/call_facts.h"
#include "judge/causes/failure_evidence.h"

namespace wireproof {
namespace {

// The server's calls up to the failure, and which of them are about the failed client.
class ServerCalls {
 public:
  explicit ServerCalls(const FailureEvidence& evidence) : evidence_(evidence) {
    for (const SocketCall& call : evidence.calls) {
      const bool is_later = evidence.gave_up && call.entered > *evidence.gave_up;
      if (call.side != Side::server || !is_traced(call) || is_later) continue;
      calls_.push_back(&call);
      const bool accepts = call_family(call.name) == CallFamily::accept && call.new_socket != 0;
      if (evidence.connection != nullptr && accepts && call.remote == evidence.connection->client) {
        socket_ = call.new_socket;
      }
    }
  }

  const std::vector<const SocketCall*>& all() const { return calls_; }
  bool has_accepted() const { return socket_ != 0; }
  std::uint64_t socket() const { return socket_; }

  // Whether it is about this client's connection, or of UDP may be about its datagrams.
  bool is_own(const SocketCall& call) const {
    return evidence_.connection != nullptr ? call.socket == socket_ && socket_ != 0 : call.udp;
  }

  // A call that had not returned when the client gave up.
  bool is_open(const SocketCall& call) const {
    return !call.returned || (evidence_.gave_up && *call.returned > *evidence_.gave_up);
  }

  // Bytes that its calls of a family moved for this client.
  std::size_t moved(CallFamily family) const {
    std::size_t bytes = 0;
    for (const SocketCall* const call : calls_) {
      const bool moves =
          call_family(call->name) == family && call->result > 0 && !peeks(*call) && !is_open(*call);
      if (moves && is_own(*call)) bytes += static_cast<std::size_t>(call->result);
    }
    return bytes;
  }

  bool was_touched() const {
    return std::ranges::any_of(calls_, [&](const SocketCall* call) { return is_own(*call); });
  }

  // What the threads that touched the connection are in, or that has accepted it; calls for it
  // first.
  std::vector<const SocketCall*> waits() const {
    std::set<std::int64_t> threads;
    for (const SocketCall* const call : calls_) {
      if (is_own(*call)) threads.insert(call->thread);
    }
    for (const SocketCall* const call : calls_) {
      const bool accepts = has_accepted() && call->new_socket == socket_;
      if (threads.empty() && accepts) threads.insert(call->thread);
    }
    std::vector<const SocketCall*> open;
    for (const SocketCall* const call : calls_) {
      if (is_open(*call) && threads.contains(call->thread)) open.push_back(call);
    }
    std::ranges::stable_sort(open, std::greater{},
                             [&](const SocketCall* call) { return is_own(*call); });
    return open;
  }

 private:
  const FailureEvidence& evidence_;
  std::vector<const SocketCall*> calls_;
  std::uint64_t socket_ = 0;  // of this client's connection; 0: it was not accepted
};

std::string error_words(const SocketCall& call) {
  return fmt::format("{}() failed with {} ({})", call.name, ::strerrorname_np(call.error_number),
                     ::strerrordesc_np(call.error_number));
}

bool is_usual(int error_number) {
  return error_number == EAGAIN || error_number == EINPROGRESS || error_number == EALREADY ||
         error_number == EPIPE || error_number == ECONNRESET;
}

// A descriptor that could not be had, a signal, a socket that cannot accept.
std::optional<std::string> tell_failed_accept(const ServerCalls& calls, const SocketCall& failed,
                                              bool has_ended) {
  const bool was_tried_again = std::ranges::any_of(calls.all(), [&](const SocketCall* call) {
    return call->order > failed.order && call_family(call->name) == CallFamily::accept &&
           (call->result >= 0 || calls.is_open(*call));
  });
  if (was_tried_again) return std::nullopt;
  if (failed.error_number == EINTR) {
    if (!has_ended) return std::nullopt;
    return error_words(failed) +
           ": a signal came while it waited (SIGCHLD, where a child has ended), and the server "
           "takes that for an error";
  }
  const bool lacks_descriptors = failed.error_number == EMFILE || failed.error_number == ENFILE;
  return error_words(failed) +
         (lacks_descriptors ? ": those of earlier clients were not closed" : "");
}

std::optional<std::string> find_failed_call(const FailureEvidence& evidence) {
  const ServerCalls calls(evidence);
  for (auto each = calls.all().rbegin(); each != calls.all().rend(); ++each) {
    const SocketCall& call = **each;
    if (call.result >= 0 || !call.returned || is_usual(call.error_number)) continue;
    const CallFamily family = call_family(call.name);
    if (family == CallFamily::accept) {
      if (auto told = tell_failed_accept(calls, call, !evidence.server_end.empty())) return told;
    }
    const bool moves = family == CallFamily::send || family == CallFamily::recv;
    if (!moves || call.error_number == EINTR || !calls.is_own(call)) continue;
    const bool has_no_address = call.udp && family == CallFamily::send && !call.remote;
    return error_words(call) +
           (has_no_address || call.error_number == EINVAL
                ? ": look at the address that it is given, and at its length (recvfrom() fills in "
                  "the sender's where it is told how long its buffer is)"
                : "");
  }
  return std::nullopt;
}

bool watches(const SocketCall& wait, std::uint64_t socket) {
  return std::ranges::find(wait.watched, socket, &WatchedSocket::socket) != wait.watched.end();
}

// "it waits in recv() for more"
std::string waiting_words(const ServerCalls& calls) {
  const std::string who = calls.has_accepted() && !calls.was_touched()
                              ? "no thread has called recv() for it, and the one that accepted it "
                              : "it ";
  for (const SocketCall* const open : calls.waits()) {
    const CallFamily family = call_family(open->name);
    if (family == CallFamily::recv && calls.is_own(*open)) {
      return who + fmt::format("waits in {}() for {}", open->name,
                               open->udp ? "the next datagram" : "more");
    }
    if (family == CallFamily::wait && calls.has_accepted() && !watches(*open, calls.socket()) &&
        !open->watched.empty()) {
      return who + fmt::format("waits in {}(), which does not watch this connection", open->name);
    }
    if (family != CallFamily::other) return who + fmt::format("waits in {}()", open->name);
  }
  return who + "is in no call of a socket: it waits for something else, or computes";
}

// What ended the connection, "close()"; empty: nothing of the server's.
std::string closing_words(const ServerCalls& calls) {
  for (auto each = calls.all().rbegin(); each != calls.all().rend(); ++each) {
    const SocketCall& call = **each;
    const CallFamily family = call_family(call.name);
    const bool ends = family == CallFamily::shutdown || call.releases;
    if (!ends || !calls.is_own(call) || !call.still_held_by.empty()) continue;
    return call.name == "exit" ? "its process ended" : call.name + "()";
  }
  return "";
}

}  // namespace

std::string tell_calls(const FailureEvidence& evidence) {
  const ServerCalls calls(evidence);
  const bool is_datagram = evidence.exchange != nullptr;
  const bool has_client = is_datagram || evidence.connection != nullptr;
  const bool is_known = !calls.all().empty() && evidence.server_end.empty();
  if (!is_known || evidence.requests.empty() || !has_client) return "";
  // Of an answer that is wrong the bytes tell more.
  const bool is_right_so_far = begins_with(evidence.expected_head, evidence.came);
  if (!evidence.came.empty() && !is_right_so_far) return "";
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
  return std::ranges::any_of(calls.all(), [&](const SocketCall* call) {
    return call->udp && call_family(call->name) == CallFamily::recv &&
           call->result == static_cast<std::int64_t>(size);
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
