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

MessageChoice choose_message(const std::vector<Message>& messages, const LayoutSet& layouts,
                             const Variables& variables, ByteView received) {
  MessageChoice choice;
  bool is_open = false;
  for (const Message& message : messages) {
    const MessageNeed need = message_need(message, layouts, variables, received);
    const bool is_whole = need.complete && need.size <= received.size();
    const ByteView bytes = is_whole ? received.first(need.size) : received;
    choice.variables = variables;
    const auto differs = compare_message(message, layouts, choice.variables, bytes);
    if (is_whole && !differs) return {need.size, std::nullopt, std::move(choice.variables)};
    if (!is_whole && (!differs || differs->offset >= received.size())) {
      is_open = true;
    } else if (!choice.differs || differs->offset > choice.differs->offset) {
      choice.differs = differs;
    }
  }
  if (is_open) choice.differs.reset();
  choice.variables = variables;
  return choice;
}

}  // namespace wireproof
