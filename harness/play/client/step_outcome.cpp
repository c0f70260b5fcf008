#include "play/client/step_outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxShownBytes = 32;
constexpr std::size_t kBytesAround = 8;

// How a call ended that was to wait for the server.
StepEnd step_end(const IoResult& result) {
  if (result.timed_out) return StepEnd::timed_out;
  switch (result.error_number) {
    case 0:
      return result.count == 0 ? StepEnd::end_of_stream : StepEnd::bytes;
    case ECONNRESET:
    case EPIPE:
      return StepEnd::reset;
    case ECONNREFUSED:
      return StepEnd::refused;
    default:
      return StepEnd::other;
  }
}

}  // namespace

StepOutcome StepOutcome::met(std::string text) {
  StepOutcome outcome;
  outcome.text = std::move(text);
  return outcome;
}

StepOutcome StepOutcome::failed(std::string message, std::vector<Note> notes) {
  StepOutcome outcome;
  outcome.text = message;
  outcome.failure.emplace();
  outcome.failure->message = std::move(message);
  outcome.failure->notes = std::move(notes);
  return outcome;
}

std::string render_received(ByteView bytes) {
  if (bytes.empty()) return counted(0, "byte");
  const ByteView shown = bytes.first(std::min(bytes.size(), kMaxShownBytes));
  return fmt::format("{}: {}{}", counted(bytes.size(), "byte"), render_hex(shown),
                     shown.size() < bytes.size() ? " …" : "");
}

std::string render_around(ByteView bytes, std::size_t offset) {
  const std::size_t begin = offset - std::min(offset, kBytesAround);
  const std::size_t end = std::min(bytes.size(), offset + kBytesAround + 1);
  std::string text = fmt::format("{}:", begin);
  for (std::size_t i = begin; i < end; ++i) {
    text += i == offset ? fmt::format(" [{:02x}]", bytes[i]) : fmt::format(" {:02x}", bytes[i]);
  }
  if (offset >= bytes.size()) text += " [end]";
  return text;
}

std::string render_progress(std::size_t got, std::optional<std::size_t> wanted) {
  if (wanted && *wanted > got) return fmt::format("{} of {}", got, counted(*wanted, "byte"));
  return counted(got, "byte");
}

PeerWords peer_words(bool actor_serves) {
  return actor_serves ? PeerWords{"the client", "message"} : PeerWords{};
}

std::string render_io_error(int error_number, const PeerWords& peer) {
  switch (error_number) {
    case ECONNRESET:
      return std::string(peer.who) + " reset the connection";
    case EPIPE:
      return "the connection is closed for sending";
    case ECONNREFUSED:
      return "refused: nothing listens on the server's port";
    default:
      return std::generic_category().message(error_number);
  }
}

StepOutcome failed_call(std::string message, const IoResult& result) {
  StepOutcome outcome = StepOutcome::failed(std::move(message));
  outcome.end = step_end(result);
  outcome.timed_out = result.timed_out;
  return outcome;
}

StepOutcome mismatch_outcome(const MessageMismatch& mismatch, ByteView received,
                             const PeerWords& peer) {
  const std::string field =
      mismatch.field.empty() ? "" : fmt::format(", field `{}`", mismatch.field);
  std::vector<Note> notes;
  notes.push_back({"expected", mismatch.expected});
  notes.push_back({"captured", mismatch.captured});
  notes.push_back({"bytes", render_around(received, mismatch.offset)});
  notes.push_back({"received", render_received(received)});
  StepOutcome outcome = StepOutcome::failed(
      fmt::format("the {} differs at offset {}{}", peer.message, mismatch.offset, field),
      std::move(notes));
  outcome.end = StepEnd::bytes;
  outcome.received.assign(received.begin(), received.end());
  return outcome;
}

std::vector<FailedStep> merge_failures(const std::vector<StepFailure>& failures) {
  constexpr std::size_t kMaxNamedClients = 10;
  std::vector<FailedStep> result;
  for (const StepFailure& failure : failures) {
    const auto playing = failure.step.playing;
    if (std::ranges::find(result, playing, &FailedStep::playing) != result.end()) continue;
    const std::string& actor = failure.step.actor;
    std::vector<std::string> others;
    for (const StepFailure& other : failures) {
      if (other.step.playing == playing && other.step.actor != actor) {
        others.push_back(other.step.actor);
      }
    }
    Diagnostic& diagnostic = result.emplace_back(failure.step).diagnostic;
    if (failure.in_group) diagnostic.message = actor + ": " + diagnostic.message;
    if (others.empty()) continue;
    diagnostic.notes.push_back({"also failed here", enumerate(others, kMaxNamedClients)});
  }
  return result;
}

}  // namespace wireproof
