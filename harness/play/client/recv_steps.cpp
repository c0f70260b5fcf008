// The steps that read: each asks the kernel only for bytes that belong to its message.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <cerrno>

#include "base/text/bytes.h"
#include "expect/payload/field_codec.h"
#include "judge/traffic/message_end.h"
#include "play/client/actor_step.h"

namespace wireproof {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMaxRecvSize = 65536;
// Of what comes where an end should: enough to tell one message too many from a server that sends
// without end.
constexpr std::size_t kMaxSurplusBytes = 1024;
// A longer pattern stands among the notes alone.
constexpr std::size_t kShownPattern = 60;
// A difference is known at once, and nothing that comes later mends it: what belongs to the wrong
// answer may still come for so long, but the step's time is not waited out.
constexpr std::chrono::milliseconds kAfterDifference{200};

StepOutcome no_streams_in_udp(const std::string& what) {
  return StepOutcome::failed("UDP has no " + what + ": this actor's socket is not a stream");
}

// No message of a sheet is larger; a server that never stops must not fill the memory.
bool is_too_large(const Bytes& received) {
  return received.size() >= kMaxMessageBytes;
}

StepOutcome too_large(const PeerWords& peer) {
  return StepOutcome::failed(
      fmt::format("the {} has more than {} bytes and no end", peer.message, kMaxMessageBytes));
}

}  // namespace

StepOutcome ActorStep::unexpected_bytes(const Bytes& received, const std::string& expected) const {
  StepOutcome outcome = StepOutcome::failed(
      fmt::format("{} sent {} where {} is expected", peer_.who,
                  render_progress(received.size(), {}), expected),
      {{"captured", render_received(received)}, {"text", render_quoted(received)}});
  outcome.end = StepEnd::bytes;
  outcome.received = received;
  return outcome;
}

// A recv that ended before its message did: closed, reset, refused, out of time.
StepOutcome ActorStep::incomplete(const IoResult& result, const Bytes& received,
                                  std::optional<std::size_t> wanted) const {
  const std::string progress = render_progress(received.size(), wanted);
  std::string message = fmt::format("{} closed the connection after {}", peer_.who, progress);
  if (result.still_coming) {
    message = fmt::format("no end of the {} within {}: {} is still sending, {} so far",
                          peer_.message, render_duration(setting_.limit), peer_.who, progress);
  } else if (result.timed_out) {
    message =
        fmt::format("no {} within {}: {} came", peer_.message, render_duration(setting_.limit),
                    socket_.is_tcp() ? progress : std::string("no datagram"));
  } else if (result.error_number == ECONNREFUSED) {
    message = render_io_error(ECONNREFUSED, peer_);
  } else if (result.error_number != 0) {
    message = fmt::format("{} after {}", render_io_error(result.error_number, peer_), progress);
  }
  StepOutcome outcome = failed_call(std::move(message), result);
  if (!received.empty()) {
    outcome.failure->notes.push_back({"received", render_received(received)});
  }
  outcome.received = received;
  return outcome;
}

// Whether a message without a length of its own may be over: what came is what the message says,
// and more of it would not be. Eight bytes make up whole elements of any type.
bool ActorStep::may_end_here(const Message& message, const Bytes& received) const {
  for (const std::size_t more : {0U, 1U, 8U}) {
    Variables scratch = variables_;
    Bytes longer = received;
    longer.resize(received.size() + more);
    const bool equal = !compare_message(message, setting_.layouts, scratch, longer);
    if (equal != (more == 0)) return false;
  }
  return true;
}

// How many of the bytes that wait belong to a message of which `received` is there: all, as long as
// it has no end among them.
std::size_t ActorStep::belonging(const Message& message, const Bytes& received,
                                 ByteView waiting) const {
  Bytes whole = received;
  whole.insert(whole.end(), waiting.begin(), waiting.end());
  const MessageNeed need = message_need(message, setting_.layouts, variables_, whole);
  return need.complete ? need.size - received.size() : waiting.size();
}

asio::awaitable<IoResult> ActorStep::read_message(const Message& message, Bytes& received) {
  if (!socket_.is_tcp()) {
    const IoResult datagram = co_await socket_.recv(kMaxRecvSize, received);
    co_return datagram;
  }
  const std::optional<Bytes> wanted = known_bytes(message);
  std::size_t right = 0;  // bytes, from the first, that are as wanted
  bool is_wrong = false;
  MessageNeed need;
  for (;;) {
    // Bytes that are missing for certain, or go on until the end, need no look at those before.
    const bool is_known = received.size() < need.size || need.at_end_only;
    if (!is_known) need = message_need(message, setting_.layouts, variables_, received);
    const bool has_enough = received.size() >= need.size;
    if (need.complete) co_return IoResult();
    const bool may_be_wanted = !wanted || wanted->size() == received.size();
    const bool may_be_whole = need.to_end && !need.at_end_only && has_enough && may_be_wanted;
    if (may_be_whole && may_end_here(message, received)) co_return IoResult();
    if (is_too_large(received)) co_return IoResult();
    // Bytes that are no such message, however many more come: the comparison tells why.
    if (has_enough && !need.to_end) co_return IoResult();
    std::size_t most = has_enough ? kMaxRecvSize : need.size - received.size();
    TakeRule take;
    if (need.is_searching) {  // byte by byte it would be decoded for each
      most = kMaxRecvSize;
      take = [&](ByteView waiting) {
        const bool is_short = received.size() + waiting.size() < need.size;
        return is_short ? waiting.size() : belonging(message, received, waiting);
      };
    }
    const IoResult result = co_await socket_.recv(most, received, take);
    if (wanted && !is_wrong) {
      const std::size_t known = std::min(wanted->size(), received.size());
      right += common_size(ByteView(*wanted).subspan(right), ByteView(received).subspan(right));
      is_wrong = right < known;
      if (is_wrong) socket_.shorten_time_limit(kAfterDifference);
    }
    if (result.ok() && result.count == 0 && need.to_end && has_enough) co_return IoResult();
    if (!result.ok() || result.count == 0) co_return result;
  }
}

// The message, where the script knows all its bytes.
std::optional<Bytes> ActorStep::known_bytes(const Message& message) const {
  const auto wanted = encode_message(message, setting_.layouts, variables_);
  return wanted ? std::optional(wanted->bytes) : std::nullopt;
}

bool ActorStep::differs_already(const Message& message, const Bytes& received) const {
  const std::optional<Bytes> wanted = known_bytes(message);
  return wanted && common_size(*wanted, received) < std::min(wanted->size(), received.size());
}

std::optional<MessageMismatch> ActorStep::compare(const Message& message, const Bytes& received) {
  if (socket_.is_tcp()) return compare_message(message, setting_.layouts, variables_, received);
  return compare_datagram(message, setting_.layouts, variables_, received);
}

// Behind a datagram that had to come from another port. Nothing: it did, and is talked to there.
std::optional<StepOutcome> ActorStep::follow_other_port(const Bytes& received) {
  if (socket_.follow_other_port()) return std::nullopt;
  StepOutcome outcome = StepOutcome::failed(
      fmt::format("{} answered from port {}, which was asked, where another port is expected",
                  peer_.who, socket_.remote().port),
      {{"captured", render_received(received)}});
  outcome.end = StepEnd::bytes;
  outcome.received = received;
  return outcome;
}

ActorStep::Outcome ActorStep::operator()(const StepRecvMessage& step) {
  Bytes received;
  if (step.from_another_port) socket_.await_other_port();
  const IoResult result = co_await read_message(step.message, received);
  if (is_too_large(received)) co_return too_large(peer_);
  const bool datagram_came = !socket_.is_tcp() && result.ok();
  const MessageNeed need = message_need(step.message, setting_.layouts, variables_, received);
  const bool came_whole = need.complete || received.size() >= need.size;
  if (datagram_came || (result.ok() && came_whole)) {
    if (step.from_another_port) {
      if (auto failed = follow_other_port(received)) co_return *std::move(failed);
    }
    const auto mismatch = compare(step.message, received);
    if (mismatch) co_return mismatch_outcome(*mismatch, received, peer_);
    co_return StepOutcome::met(render_received(received));
  }
  // Of a message whose end is searched for nobody knows the size.
  StepOutcome outcome =
      incomplete(result, received,
                 need.is_searching || need.at_end_only ? std::nullopt : std::optional(need.size));
  // What did come may tell more: a difference in it is no consequence of the missing rest.
  Variables scratch = variables_;
  const auto mismatch = compare_message(step.message, setting_.layouts, scratch, received);
  if (mismatch && differs_already(step.message, received)) {
    StepOutcome difference = mismatch_outcome(*mismatch, received, peer_);
    if (!result.timed_out) difference.end = outcome.end;
    co_return difference;
  }
  if (mismatch && mismatch->offset < received.size()) {
    const StepOutcome difference = mismatch_outcome(*mismatch, received, peer_);
    outcome.failure->notes = difference.failure->notes;
    outcome.failure->notes.push_back({"", difference.text});
  }
  co_return outcome;
}

ActorStep::Outcome ActorStep::operator()(const StepRecvEither& step) {
  Bytes received;
  // Bytes that are none of them, however many come, end the reading; why is told below.
  std::size_t next_look = 0;
  const FindEnd find_end = [&](ByteView bytes, std::size_t) -> std::optional<std::size_t> {
    if (bytes.size() < next_look) return std::nullopt;
    const MessageChoice choice =
        choose_message(step.messages, {setting_.layouts, variables_, bytes});
    next_look = choice.next_look;
    return choice.differs ? bytes.size() : choice.size;
  };
  if (step.from_another_port) socket_.await_other_port();
  const IoResult result = co_await read_until(find_end, received);
  if (is_too_large(received)) co_return too_large(peer_);
  if (step.from_another_port && result.ok()) {
    if (auto failed = follow_other_port(received)) co_return *std::move(failed);
  }
  MessageRest rest = MessageRest::may_come;
  if (result.ok() && result.count == 0) rest = MessageRest::ended;
  if (!socket_.is_tcp()) rest = MessageRest::is_datagram;
  const MessageChoice choice =
      choose_message(step.messages, {setting_.layouts, variables_, received, rest});
  if (result.ok() && choice.size) {
    variables_ = choice.variables;
    co_return StepOutcome::met(render_received(received));
  }
  if (choice.differs) co_return mismatch_outcome(*choice.differs, received, peer_);
  co_return incomplete(result, received, std::nullopt);
}

ActorStep::Outcome ActorStep::operator()(const StepRecvCount& step) {
  Bytes received;
  while (received.size() < step.count) {
    const std::size_t most = socket_.is_tcp() ? step.count - received.size() : kMaxRecvSize;
    const IoResult result = co_await socket_.recv(most, received);
    const bool ended = !result.ok() || (socket_.is_tcp() && result.count == 0);
    if (ended) co_return incomplete(result, received, step.count);
    if (!socket_.is_tcp()) break;
  }
  if (received.size() == step.count) co_return StepOutcome::met(render_received(received));
  co_return unexpected_bytes(received, fmt::format("a datagram of {} bytes", step.count));
}

asio::awaitable<IoResult> ActorStep::read_until(const FindEnd& find_end, Bytes& received) {
  if (!socket_.is_tcp()) {
    const IoResult datagram = co_await socket_.recv(kMaxRecvSize, received);
    co_return datagram;
  }
  bool ended = find_end(received, 0).has_value();
  // Bytes before the end of the message belong to it, so all that came without an end is taken.
  const TakeRule take = [&](ByteView waiting) {
    const std::size_t before = received.size();
    received.insert(received.end(), waiting.begin(), waiting.end());
    const auto size = find_end(received, before);
    received.resize(before);
    ended = size.has_value();
    return size ? *size - std::min(*size, before) : waiting.size();
  };
  while (!ended && !is_too_large(received)) {
    const IoResult result = co_await socket_.recv(kMaxRecvSize, received, take);
    if (!ended && (!result.ok() || result.count == 0)) co_return result;
  }
  co_return IoResult();
}

ActorStep::Outcome ActorStep::play_until(FindEnd find_end, AwaitedEnd wanted) {
  const std::string& what = wanted.what;
  Bytes received;
  const IoResult result = co_await read_until(find_end, received);
  if (is_too_large(received)) co_return too_large(peer_);
  const auto size = find_end(received, 0);
  if (size && *size == received.size()) co_return StepOutcome::met(render_received(received));
  if (size) co_return unexpected_bytes(received, "a datagram that ends with " + what);
  if (!socket_.is_tcp() && result.ok()) {
    co_return unexpected_bytes(received, "a datagram with " + what);
  }
  StepOutcome outcome = incomplete(result, received, std::nullopt);
  outcome.failure->notes.push_back({"expected", what});
  if (received.empty()) co_return outcome;
  outcome.failure->notes.push_back({"captured", render_quoted(received)});
  // Something did come: that it is not what was awaited is what is wrong.
  if (result.timed_out && !result.still_coming) {
    outcome.text =
        fmt::format("what came within {} {}", render_duration(setting_.limit), wanted.lack);
    outcome.failure->message = outcome.text;
  }
  co_return outcome;
}

ActorStep::Outcome ActorStep::operator()(const StepRecvUntil& step) {
  const std::string terminator =
      fill_placeholders(std::string(as_text(step.terminator)), variables_);
  FindEnd find_end = [&terminator](ByteView bytes, std::size_t searched) {
    return terminated_size(bytes, as_bytes(terminator), searched);
  };
  const std::string what = render_quoted(as_bytes(terminator));
  AwaitedEnd wanted{what, "has no " + what};
  StepOutcome outcome = co_await play_until(std::move(find_end), std::move(wanted));
  co_return outcome;
}

ActorStep::Outcome ActorStep::operator()(const StepRecvPattern& step) {
  const std::string text = fill_pattern(step.pattern, variables_);
  MessagePattern pattern(text);
  // An unusable pattern ends the reading at once; its reason is told below.
  FindEnd find_end = [&pattern](ByteView bytes, std::size_t) {
    const auto size = pattern.matched_size(bytes);
    return pattern.error().empty() ? size : bytes.size();
  };
  const std::string what = fmt::format("a match of /{}/", text);
  const bool is_short = text.size() <= kShownPattern;
  AwaitedEnd wanted{what, "does not match " + (is_short ? "/" + text + "/" : "the pattern")};
  StepOutcome outcome = co_await play_until(std::move(find_end), std::move(wanted));
  if (!pattern.error().empty()) co_return StepOutcome::failed(what + ": " + pattern.error());
  co_return outcome;
}

ActorStep::Outcome ActorStep::operator()(const StepRecvEof&) {
  if (!socket_.is_tcp()) co_return no_streams_in_udp("end of stream");
  Bytes received;
  const IoResult result = co_await socket_.recv(kMaxSurplusBytes, received);
  if (result.timed_out) {
    co_return failed_call(fmt::format("{} did not close the connection within {}", peer_.who,
                                      render_duration(setting_.limit)),
                          result);
  }
  if (!result.ok()) {
    co_return failed_call(
        render_io_error(result.error_number, peer_) + " where the end of the stream is expected",
        result);
  }
  if (received.empty()) co_return StepOutcome::met("end of stream");
  while (received.size() < kMaxSurplusBytes) {
    const IoResult more = co_await socket_.recv(kMaxSurplusBytes - received.size(), received);
    if (!more.ok() || more.count == 0) break;
  }
  co_return unexpected_bytes(received, "the end of the stream");
}

ActorStep::Outcome ActorStep::operator()(const StepRecvReset&) {
  if (!socket_.is_tcp()) co_return no_streams_in_udp("reset");
  Bytes received;
  const IoResult result = co_await socket_.recv(kMaxRecvSize, received);
  if (result.error_number == ECONNRESET)
    co_return StepOutcome::met(fmt::format("reset by {}", peer_.who));
  if (result.timed_out) {
    co_return failed_call(fmt::format("{} did not reset the connection within {}", peer_.who,
                                      render_duration(setting_.limit)),
                          result);
  }
  if (!received.empty()) co_return unexpected_bytes(received, "a reset (RST)");
  if (result.ok()) {
    co_return failed_call(
        fmt::format("{} closed the connection where a reset is expected", peer_.who), result);
  }
  co_return StepOutcome::failed(render_io_error(result.error_number, peer_));
}

ActorStep::Outcome ActorStep::operator()(const StepRecvNothing& step) {
  socket_.start_time_limit(step.duration);
  Bytes waiting;
  const IoResult result = co_await socket_.peek(waiting);
  const std::string silence = "silence for " + render_duration(step.duration);
  if (result.timed_out) co_return StepOutcome::met(silence);
  if (!result.ok()) {
    co_return failed_call(
        render_io_error(result.error_number, peer_) + " where " + silence + " is expected", result);
  }
  if (waiting.empty() && socket_.is_tcp()) {
    co_return failed_call(
        fmt::format("{} closed the connection where {} is expected", peer_.who, silence), result);
  }
  co_return unexpected_bytes(waiting, silence);
}

}  // namespace wireproof
