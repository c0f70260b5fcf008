// The server's process: it ended, it turns in a loop, it cannot start again.
#include <fmt/format.h>

#include <map>

#include "base/text/bytes.h"
#include "judge/explain/failure_evidence.h"

namespace wireproof {
namespace {

constexpr std::size_t kShownBytes = 24;

// Something that a client did to the server.
struct Input {
  std::size_t packet = 0;
  const std::string* actor = nullptr;
  bool is_reset = false;
  ByteView bytes;
};

// What all clients did, and the packet of the last thing that the server said.
struct History {
  std::vector<Input> inputs;
  std::map<std::string, std::size_t> last_words;  // packets by client

  void hear(const std::string& actor, std::size_t packet) { last_words[actor] = packet; }
  // What is said to a client that resets tells nothing: it was on its way.
  bool is_unanswered(const Input& input) const {
    return std::ranges::none_of(last_words, [&](const auto& words) {
      return words.second > input.packet && !(input.is_reset && words.first == *input.actor);
    });
  }
  void add(const std::string& actor, const TcpConnection* connection);
  void add(const std::string& actor, const UdpExchange* exchange);
};

void History::add(const std::string& actor, const TcpConnection* connection) {
  if (connection == nullptr) return;
  const bool aborted = first_event(connection, EventKind::rst, Side::client) != nullptr;
  for (const Event& event : connection->events) {
    const Segment& segment = connection->segments[event.segment];
    if (event.from == Side::server) {
      if (event.kind == EventKind::bytes) hear(actor, segment.packet);
    } else if (event.kind == EventKind::rst || (event.kind == EventKind::bytes && !aborted)) {
      inputs.push_back({segment.packet, &actor, event.kind == EventKind::rst, segment.payload});
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
      inputs.push_back({datagram.packet, &actor, false, datagram.payload});
    }
  }
}

// What the server met last: the first input that it no longer answered. A client's RST needs no
// answer, so one that came before the last words counts where nothing else is left.
std::optional<Input> last_input(const FailureEvidence& evidence) {
  History history;
  history.add(evidence.actor, evidence.connection);
  history.add(evidence.actor, evidence.exchange);
  for (const OtherClient& other : evidence.others) {
    history.add(other.actor, other.connection);
    history.add(other.actor, other.exchange);
  }
  std::ranges::sort(history.inputs, std::ranges::less{}, &Input::packet);
  std::optional<Input> found;
  for (const Input& input : history.inputs) {
    if (history.is_unanswered(input)) return input;
    if (input.is_reset || !found) found = input;
  }
  return found;
}

std::optional<std::string> find_died_on_reset(const FailureEvidence& evidence) {
  if (evidence.server_end.empty()) return std::nullopt;
  const auto input = last_input(evidence);
  if (!input || !input->is_reset) return std::nullopt;
  return fmt::format(
      "the server's process {} after {} had reset the connection (packet {}): it "
      "does not survive ECONNRESET or SIGPIPE",
      evidence.server_end, *input->actor, input->packet + 1);
}

std::optional<std::string> find_died_on_input(const FailureEvidence& evidence) {
  if (evidence.server_end.empty()) return std::nullopt;
  const auto input = last_input(evidence);
  if (!input) return fmt::format("the server's process {}", evidence.server_end);
  const std::string what =
      input->bytes.empty() ? "the empty datagram" : render_quoted(input->bytes, kShownBytes);
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

constexpr ExplanationEntry kEntries[] = {{ExplanationId::port_not_reusable, find_port_not_reusable},
                                         {ExplanationId::busy_loop, find_busy_loop},
                                         {ExplanationId::died_on_reset, find_died_on_reset},
                                         {ExplanationId::died_on_input, find_died_on_input}};

}  // namespace

std::optional<Explanation> explain_process(const FailureEvidence& evidence) {
  return first_explanation(kEntries, evidence);
}

}  // namespace wireproof
