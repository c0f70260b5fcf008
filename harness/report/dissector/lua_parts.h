#pragma once

#include <string_view>

namespace wireproof {

// The Lua of a dissector that is the same for all layouts, in the order in which it is written:
// each part uses the local names of those before it. It reads the tables that lua_tables.h
// describes by the rules of expect/payload/layout_decode, which has the last word on what a layout
// means.
extern const std::string_view kLuaNumbers;   // comparisons and expressions
extern const std::string_view kLuaCodings;   // numbers in bytes
extern const std::string_view kLuaReader;    // bytes to a tree of entries
extern const std::string_view kLuaElements;  // its repeated fields, sizes and references
extern const std::string_view kLuaTree;      // entries to Wireshark's tree, and the protocol

}  // namespace wireproof
