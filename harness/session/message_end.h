#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "expect/payload.h"

namespace wireproof {

// Where a message of `recv until "\n"` ends: behind the first terminator. Nothing while there is
// none yet. An empty terminator ends it at once.
std::optional<std::size_t> terminated_size(ByteView received, ByteView terminator);

// Where a message of `recv /regex/` ends: behind the first match of the pattern (ECMAScript, over
// the bytes as text) in what came, at the earliest moment at which there is one. A pattern that
// cannot be read or that is too complex for the bytes gives the reason.
class MessagePattern {
 public:
  explicit MessagePattern(std::string pattern) : pattern_(std::move(pattern)) {}

  std::optional<std::size_t> matched_size(ByteView received);
  const std::string& error() const { return error_; }

 private:
  std::string pattern_;
  std::string error_;
};

// More than that is not searched for a pattern: std::regex recurses once per byte.
constexpr std::size_t kMaxPatternBytes = 16384;

// As compare_message, and the size as well: a datagram is one message, neither more nor less.
std::optional<MessageMismatch> compare_datagram(const Message& message, const LayoutSet& layouts,
                                                Variables& variables, ByteView datagram);

}  // namespace wireproof
