#pragma once

#include <string>

#include "base/text/expected.h"
#include "expect/layout/layout.h"

namespace wireproof {

// The tables that the Lua of lua_parts.h reads:
//   protofields[N]  ProtoFields (proto_fields.h)
//   shapes[N]       { name, is_element, fields }: a layout at one place in the message; shapes[1]
//   is
//                   the whole
// A field of a shape says what `Field` says; `behind`, `ends` and `counted_by` say where one ends
// that has no length of its own, `proto` and `shape` are places in the tables above. A layout that
// holds itself has one shape for all depths.
// `protocol` goes before the ProtoFields' names. The error is a sentence.
Expected<std::string, std::string> lua_tables(const Layout& layout, const LayoutSet& layouts,
                                              const std::string& protocol);

}  // namespace wireproof
