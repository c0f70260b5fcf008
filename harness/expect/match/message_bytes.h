#pragma once

#include <cstdint>
#include <optional>

#include "expect/match/match.h"

namespace wireproof {

// The layouts and variables of a context; empty ones where it has none.
const LayoutSet& context_layouts(const MatchContext& context);
Variables context_variables(const MatchContext& context);

// The size of a message whatever its free fields hold; nothing when it varies.
std::optional<std::uint64_t> fixed_message_size(const Message& message,
                                                const MatchContext& context);
// How many of `bytes` the message takes; nothing when they do not tell.
std::optional<std::uint64_t> read_message_size(const Message& message, const MatchContext& context,
                                               ByteView bytes);

// The bytes at positions [begin, end) of a side's stream; what lies behind its end is left out.
ByteView stream_bytes(const TcpConnection& connection, Side from, std::uint64_t begin,
                      std::uint64_t end);

}  // namespace wireproof
