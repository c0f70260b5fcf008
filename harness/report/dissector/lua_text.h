#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "expect/layout/layout.h"

namespace wireproof {

// Values as Lua writes them. Names and texts come from sheets: none of them goes into a script but
// through here.

// In quotes, with all but printable ASCII as `\ddd`.
std::string lua_string(std::string_view text);
std::string lua_string(ByteView bytes);

// Lower-case letters, digits and `_`; at least one.
std::string lua_identifier(std::string_view text);

// Whole numbers beyond 2^53 as Wireshark's UInt64 and Int64: a number of Lua 5.2 is a double.
std::string lua_number(std::uint64_t number);
std::string lua_number(std::int64_t number);
// Nothing where it has no digits, as infinity.
std::optional<std::string> lua_number(double number);
std::optional<std::string> lua_value(const FieldValue& value);

// Whether Lua's own numbers hold it exactly.
bool is_plain_number(WideNumber number);

}  // namespace wireproof
