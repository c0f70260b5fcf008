#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wireproof {

// Calls that do the same on the wire count as one: `sendall`, `write` and `sendto` are sends.
enum class CallFamily : std::uint8_t { connect, accept, send, recv, shutdown, close, wait, other };

CallFamily call_family(std::string_view name);

// Whether a cell of a table (`send`, `recv()`, `` `sendall` ``) names this call or one of its
// family. Calls of the family `other` are compared by name.
bool same_call(std::string_view cell, std::string_view call);

}  // namespace wireproof
