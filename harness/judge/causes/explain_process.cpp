// The server's process: it ended, it turns in a loop, it cannot start again.
#include <fmt/format.h>

#include <map>

#include "base/text/bytes.h"
#include "judge/causes/failure_evidence.h"

namespace wireproof {
namespace {

constexpr std::size_t kInputBytesShown = 24;

enum class InputKind : std::uint8_t { bytes, end, reset };

// Something that a client did to the server.
struct Input {
  std::size_t packet = 0;
  const std::string* actor = nullptr;
  InputKind kind = InputKind::bytes;
  ByteView bytes;
};

// What all clients did, and the packet of the last thing that the server said.
struct History {
  std::vector<Input> inputs;
  std::map<std::string, std::size_t> last_words;  // packets by client
  bool ended_by_us = false;  // a client did something because its session had failed

  void hear(const std::string& actor, std::size_t packet) { last_words[actor] = packet; }
  // What is said to a client that resets tells nothing: it was on its way.
  bool is_unanswered(const Input& input) const {
    return std::ranges::none_of(last_words, [&](const auto& words) {
      return words.second > input.packet &&
             !(input.kind == InputKind::reset && words.first == *input.actor);
    });
  }
  void add(const std::string& actor, const TcpConnection* connection,
           const std::optional<Timestamp>& gave_up);
  void add(const std::string& actor, const UdpExchange* exchange);
};

std::optional<InputKind> input_kind(const Event& event, bool aborted) {
  switch (event.kind) {
    case EventKind::rst:
      return InputKind::reset;
    case EventKind::bytes:
      return aborted ? std::nullopt : std::optional(InputKind::bytes);
    case EventKind::fin:
      return InputKind::end;
    case EventKind::open:
      break;
  }
  return std::nullopt;
}

void History::add(const std::string& actor, const TcpConnection* connection,
                  const std::optional<Timestamp>& gave_up) {
  if (connection == nullptr) return;
  const bool aborted = first_event(connection, EventKind::rst, Side::client) != nullptr;
  for (const Event& event : connection->events) {
    const Segment& segment = connection->segments[event.segment];
    if (event.from == Side::server) {
      if (event.kind == EventKind::bytes) hear(actor, segment.packet);
      continue;
    }
    const auto kind = input_kind(event, aborted);
    if (!kind) continue;
    if (gave_up && segment.time > *gave_up) {
      ended_by_us = true;
    } else {
      inputs.push_back({segment.packet, &actor, *kind, segment.payload});
    }
  }
}

void History::add(const std::string& actor, const UdpExchange* exchange) {
  if (exchange == nullptr) return;
  for (const Datagram& datagram : exchange->datagrams) {
    if (datagram.port_unreachable) continue;
    if (datagram.from == Side::server) {
      hear(actor, datagram.packet);
    } else {
      inputs.push_back({datagram.packet, &actor, InputKind::bytes, datagram.payload});
    }
  }
}

History tell_history(const FailureEvidence& evidence) {
  History history;
  history.add(evidence.actor, evidence.connection, evidence.gave_up);
  history.add(evidence.actor, evidence.exchange);
  for (const OtherClient& other : evidence.others) {
    history.add(other.actor, other.connection, other.gave_up);
    history.add(other.actor, other.exchange);
  }
  std::ranges::sort(history.inputs, std::ranges::less{}, &Input::packet);
  return history;
}

// What the server met last: the first bytes or reset that it no longer answered. An end and a
// client's RST need no answer, so where nothing else is left the last of them counts.
std::optional<Input> last_input(const History& history) {
  std::optional<Input> found;
  for (const Input& input : history.inputs) {
    const bool is_end = input.kind == InputKind::end;
    if (!is_end && history.is_unanswered(input)) return input;
    if (input.kind != InputKind::bytes || !found) found = input;
  }
  return found;
}

// What came is wrong by itself: whatever became of the server later is no cause of it.
bool came_wrong(const FailureEvidence& evidence) {
  if (evidence.goal != StepGoal::message || evidence.came.empty()) return false;
  const Bytes& wanted = evidence.expected ? evidence.expected->bytes : evidence.expected_head;
  const std::size_t size = std::min(wanted.size(), evidence.came.size());
  return !begins_with(evidence.came, ByteView(wanted).first(size));
}

// The server ended this connection itself: that was before the client gave up.
bool met_end(const FailureEvidence& evidence) {
  return evidence.end == StepEnd::end_of_stream || evidence.end == StepEnd::reset;
}

// A process that ends closes its connections: who waited in vain until its time was over waited for
// one that lived.
bool outlived_wait(const FailureEvidence& evidence) {
  return evidence.connection != nullptr && evidence.end == StepEnd::timed_out &&
         evidence.goal == StepGoal::message;
}

// Nothing where the server did not end, or where only what followed a failure can have ended it:
// a client that has failed closes with bytes unread, and so resets.
std::optional<History> history_of_end(const FailureEvidence& evidence) {
  if (evidence.server_end.empty() || came_wrong(evidence) || outlived_wait(evidence)) {
    return std::nullopt;
  }
  History history = tell_history(evidence);
  const auto input = last_input(history);
  const bool can_end = input && (input->kind == InputKind::bytes ||
                                 (input->kind == InputKind::reset && met_end(evidence)));
  const bool is_open = can_end && history.is_unanswered(*input);
  if (history.ended_by_us && !is_open) return std::nullopt;
  return history;
}

std::optional<std::string> find_died_on_reset(const FailureEvidence& evidence) {
  const auto history = history_of_end(evidence);
  if (!history) return std::nullopt;
  const auto input = last_input(*history);
  if (!input || input->kind != InputKind::reset) return std::nullopt;
  return fmt::format(
      "the server's process {} after {} had reset the connection (packet {}): it "
      "does not survive ECONNRESET or SIGPIPE",
      evidence.server_end, *input->actor, input->packet + 1);
}

std::optional<std::string> find_died_on_input(const FailureEvidence& evidence) {
  const auto history = history_of_end(evidence);
  if (!history) return std::nullopt;
  const auto input = last_input(*history);
  if (!input) return fmt::format("the server's process {}", evidence.server_end);
  if (input->kind == InputKind::end) {
    const bool was_silent = std::ranges::count(history->inputs, *input->actor,
                                               [](const Input& one) { return *one.actor; }) == 1;
    return fmt::format(
        "the server's process {} after {} had closed its side of the connection{} "
        "(packet {})",
        evidence.server_end, *input->actor, was_silent ? " without a word" : "", input->packet + 1);
  }
  const std::string what =
      input->bytes.empty() ? "the empty datagram" : render_quoted(input->bytes, kInputBytesShown);
  return fmt::format("the server's process {}; the last that it was sent is {} by {} (packet {})",
                     evidence.server_end, what, *input->actor, input->packet + 1);
}

std::optional<std::string> find_port_not_reusable(const FailureEvidence& evidence) {
  if (evidence.end != StepEnd::port_in_use) return std::nullopt;
  return std::string(what_it_says(ExplanationId::port_not_reusable));
}

std::optional<std::string> find_busy_loop(const FailureEvidence& evidence) {
  if (evidence.goal != StepGoal::server_idle || !evidence.server_end.empty()) return std::nullopt;
  return std::string(what_it_says(ExplanationId::busy_loop));
}

constexpr ExplanationEntry kProcessEntries[] = {
    {ExplanationId::port_not_reusable, find_port_not_reusable},
    {ExplanationId::busy_loop, find_busy_loop},
    {ExplanationId::died_on_reset, find_died_on_reset},
    {ExplanationId::died_on_input, find_died_on_input}};

}  // namespace

std::optional<Explanation> explain_process(const FailureEvidence& evidence) {
  return first_explanation(kProcessEntries, evidence);
}

}  // namespace wireproof
