#include "judge/traffic/message_end.h"

#include <fmt/format.h>

#include <algorithm>

namespace wireproof {

std::optional<std::size_t> terminated_size(ByteView received, ByteView terminator,
                                           std::size_t searched) {
  // One may have begun there.
  const std::size_t skipped = searched - std::min(searched, terminator.size());
  const auto first = received.begin() + static_cast<std::ptrdiff_t>(skipped);
  const auto found = std::search(first, received.end(), terminator.begin(), terminator.end());
  if (found == received.end() && !terminator.empty()) return std::nullopt;
  return static_cast<std::size_t>(found - received.begin()) + terminator.size();
}

MessagePattern::MessagePattern(const std::string& pattern) : pattern_(Pattern::parse(pattern)) {
  if (!pattern_) error_ = pattern_.error();
}

std::optional<std::size_t> MessagePattern::matched_size(ByteView received) {
  if (!error_.empty()) return std::nullopt;
  if (received.size() > kMaxPatternBytes) {
    error_ = "no match in the first " + std::to_string(kMaxPatternBytes) + " bytes";
    return std::nullopt;
  }
  return pattern_->find_end(received);
}

std::optional<MessageMismatch> compare_datagram(const Message& message, const LayoutSet& layouts,
                                                Variables& variables, ByteView datagram) {
  auto mismatch = compare_message(message, layouts, variables, datagram);
  if (mismatch) return mismatch;
  const MessageNeed need = message_need(message, layouts, variables, datagram);
  if (need.to_end || need.size == datagram.size()) return std::nullopt;
  mismatch.emplace();
  mismatch->offset = std::min(need.size, datagram.size());
  mismatch->expected = fmt::format("a datagram of {} bytes", need.size);
  mismatch->captured = fmt::format("a datagram of {} bytes", datagram.size());
  return mismatch;
}

namespace {

// One of several messages against what came.
struct Candidate {
  std::optional<std::size_t> size;         // it is there
  std::optional<MessageMismatch> differs;  // it is not, or as it is now
  bool is_open = false;                    // more bytes may make it
  std::size_t next_look = 0;
};

Candidate try_message(const Message& message, const ReceivedBytes& received, Variables& variables) {
  Candidate one;
  const ByteView bytes = received.bytes;
  if (received.rest == MessageRest::is_datagram) {
    one.differs = compare_datagram(message, received.layouts, variables, bytes);
    if (!one.differs) one.size = bytes.size();
    return one;
  }
  const MessageNeed need = message_need(message, received.layouts, received.variables, bytes);
  const bool has_ended = received.rest == MessageRest::ended;
  const bool is_whole = need.complete && need.size <= bytes.size();
  const bool is_all = need.to_end && has_ended;
  const ByteView own = is_whole && !need.to_end ? bytes.first(need.size) : bytes;
  one.differs = compare_message(message, received.layouts, variables, own);
  if (!one.differs && (is_whole || is_all)) {
    one.size = own.size();
    return one;
  }
  // What goes on until the end may become something else in its body alone.
  const bool in_open_part = need.to_end && one.differs && one.differs->field == "body";
  const bool is_right_so_far = !one.differs || one.differs->offset >= bytes.size() || in_open_part;
  one.is_open = !is_whole && !has_ended && is_right_so_far;
  one.next_look = std::max(need.size, bytes.size() + 1);
  return one;
}

}  // namespace

MessageChoice choose_message(const std::vector<Message>& messages, const ReceivedBytes& received) {
  MessageChoice choice;
  bool is_open = false;
  for (const Message& message : messages) {
    choice.variables = received.variables;
    const Candidate one = try_message(message, received, choice.variables);
    if (one.size) {
      choice.size = one.size;
      choice.differs.reset();
      return choice;
    }
    if (one.is_open) {
      choice.next_look = is_open ? std::min(choice.next_look, one.next_look) : one.next_look;
      is_open = true;
    } else if (one.differs && (!choice.differs || one.differs->offset > choice.differs->offset)) {
      choice.differs = one.differs;
    }
  }
  if (is_open) choice.differs.reset();
  choice.variables = received.variables;
  return choice;
}

}  // namespace wireproof
