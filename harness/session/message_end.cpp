#include "session/message_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace wireproof {

std::optional<std::size_t> terminated_size(ByteView received, ByteView terminator) {
  const auto found = std::ranges::search(received, terminator);
  if (found.begin() == received.end() && !terminator.empty()) return std::nullopt;
  return static_cast<std::size_t>(found.end() - received.begin());
}

std::optional<std::size_t> MessagePattern::matched_size(ByteView received) {
  if (received.size() > kMaxPatternBytes) {
    error_ = "no match in the first " + std::to_string(kMaxPatternBytes) + " bytes";
    return std::nullopt;
  }
  const std::string_view text = as_text(received);
  try {
    const std::regex pattern(pattern_);
    std::cmatch match;
    if (!std::regex_search(text.data(), text.data() + text.size(), match, pattern)) {
      return std::nullopt;
    }
    return static_cast<std::size_t>(match[0].second - text.data());
  } catch (const std::regex_error& error) {
    error_ = error.what();
    return std::nullopt;
  }
}

std::optional<MessageMismatch> compare_datagram(const Message& message, const LayoutSet& layouts,
                                                Variables& variables, ByteView datagram) {
  auto mismatch = compare_message(message, layouts, variables, datagram);
  if (mismatch) return mismatch;
  const MessageNeed need = message_need(message, layouts, variables, datagram);
  if (need.to_end || need.size == datagram.size()) return mismatch;
  mismatch.emplace();
  mismatch->offset = std::min(need.size, datagram.size());
  mismatch->expected = fmt::format("a datagram of {} bytes", need.size);
  mismatch->captured = fmt::format("a datagram of {} bytes", datagram.size());
  return mismatch;
}

}  // namespace wireproof
