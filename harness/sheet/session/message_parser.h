#pragma once

#include <optional>

#include "expect/payload/payload.h"
#include "sheet/text/cursor.h"
#include "sheet/text/problems.h"

namespace wireproof {

// Whether `field=?` makes sense: what is sent must be known.
enum class MessageUse : std::uint8_t { send, recv };

// Reads a MESSAGE: `"text"`, `hex 01 02`, `N * "text"`, `$name`, or a layout's name with
// `field=value`, one after the other. It ends where a word is none of these (`within`, `split`).
// Nothing when it is malformed or empty (reported).
std::optional<Message> parse_message(Cursor& cursor, const LayoutSet& layouts, MessageUse use,
                                     Problems& problems);

}  // namespace wireproof
