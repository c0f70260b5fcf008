#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/pattern.h"
#include "expect/payload/payload.h"

namespace wireproof {

// Where a message of `recv until "\n"` ends: behind the first terminator. Nothing while there is
// none yet. An empty terminator ends it at once. No terminator lies in the first `searched` bytes.
std::optional<std::size_t> terminated_size(ByteView received, ByteView terminator,
                                           std::size_t searched = 0);

// Where a message of `recv /regex/` ends: behind the first match of the pattern in what came, at
// the earliest moment at which there is one. A pattern that cannot be read gives the reason, and
// one that matches nothing in too many bytes.
class MessagePattern {
 public:
  explicit MessagePattern(const std::string& pattern);

  std::optional<std::size_t> matched_size(ByteView received);
  const std::string& error() const { return error_; }

 private:
  Expected<Pattern, std::string> pattern_;
  std::string error_;
};

// More than that is not searched for a pattern: each arrival is searched from the begin.
constexpr std::size_t kMaxPatternBytes = 16384;

// As compare_message, and the size as well: a datagram is one message, neither more nor less.
std::optional<MessageMismatch> compare_datagram(const Message& message, const LayoutSet& layouts,
                                                Variables& variables, ByteView datagram);

// What stands behind the bytes of a message.
enum class MessageRest : std::uint8_t {
  may_come,
  ended,       // the stream has
  is_datagram  // nothing: they are one message, neither more nor less
};

struct ReceivedBytes {
  const LayoutSet& layouts;
  const Variables& variables;
  ByteView bytes;
  MessageRest rest = MessageRest::may_come;
};

// What bytes are of several messages: the first of them that they begin with.
struct MessageChoice {
  std::optional<std::size_t> size;         // of that one; none: more may make one
  std::optional<MessageMismatch> differs;  // they are none, whatever comes: the nearest one
  Variables variables;                     // with what that message remembers
  std::size_t next_look = 0;               // with fewer bytes it is still open
};
MessageChoice choose_message(const std::vector<Message>& messages, const ReceivedBytes& received);

}  // namespace wireproof
