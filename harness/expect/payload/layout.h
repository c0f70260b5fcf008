#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/expected.h"
#include "expect/payload/payload.h"

namespace wireproof {

// Layouts inside layouts; deeper ones are refused when a sheet is read.
constexpr std::size_t kMaxLayoutDepth = 16;

// A field of a layout or of one nested in it. Both views live as long as the LayoutSet.
struct FieldRef {
  const Field* field = nullptr;
  const Layout* owner = nullptr;
  std::string path;  // `body.id`
};

// All fields, nested ones behind the field that holds them. Fields of arrays of layouts are left
// out: they have no single place.
std::vector<FieldRef> list_fields(const Layout& layout, const LayoutSet& layouts);

// A field by its full path, or by its own name where that is unique; the error is a sentence.
Expected<FieldRef, std::string> find_field(const Layout& layout, const LayoutSet& layouts,
                                           std::string_view name);

// Bytes of the whole field without padding before it, nothing when that varies.
std::optional<std::size_t> field_size(const Field& field, const LayoutSet& layouts);

// The next offset at or behind `offset` that the field's alignment allows.
std::size_t aligned_offset(std::size_t offset, const Field& field);

bool is_integer(const Field& field);
const Field* field_named(const Layout& layout, std::string_view name);

// "u32", "i32[n]", "text[3]", "text until \"\\n\"": as the column `Type` has it.
std::string render_field_type(const Field& field);
// As the column `Value` has it; empty for any value.
std::string render_field_rule(const FieldRule& rule);

}  // namespace wireproof
