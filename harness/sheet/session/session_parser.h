#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expect/payload/payload.h"
#include "sheet/session/message_names.h"
#include "sheet/session/session_script.h"
#include "sheet/text/cursor.h"
#include "sheet/text/markdown.h"

namespace wireproof {

// Reads a `session` fence: one step a line. A wrong line is reported and left out.
SessionScript parse_session(const Fence& fence, const MessageNames& names,
                            const Parameters& parameters, Problems& problems);

// Reads what stands behind the actor's name, up to the line's end: one step of the table in the
// scenario language. `repeat` and `clients` are read by the session's parser. Nothing when the
// step is malformed (reported).
std::optional<Step> parse_step(Cursor& cursor, const MessageNames& names, Problems& problems);

// Words that begin a step; no actor may have such a name.
const std::vector<std::string>& step_words();

// Whether `field=?` makes sense: what is sent must be known.
enum class MessageUse : std::uint8_t { send, recv };

// Reads `/regex/` and tries it. Nothing when it is malformed or none (reported).
std::optional<std::string> parse_regex(Cursor& cursor, Problems& problems);

// Whether `split after FIELD` can be said of a message of HTTP.
bool names_http_field(const HttpPart& part, std::string_view field);

// Reads a MESSAGE: `"text"`, `hex 01 02`, `N * "text"`, `file "x.bin"`, `$name`, `http …`, or a
// layout's name with `field=value`, one after the other. It ends where a word is none of these
// (`within`, `split`). Nothing when it is malformed or empty (reported).
std::optional<Message> parse_message(Cursor& cursor, const MessageNames& names, MessageUse use,
                                     Problems& problems);

}  // namespace wireproof
