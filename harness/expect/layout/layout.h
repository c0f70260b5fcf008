#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/expected.h"
#include "expect/field/field.h"

namespace wireproof {

struct Layout {
  std::string name;
  std::vector<Field> fields;
  // An element of an array in a layout of its own: expressions count it with the layout around it.
  bool is_element = false;

  bool operator==(const Layout&) const = default;
};

using LayoutSet = std::map<std::string, Layout>;

// Layouts inside layouts; deeper ones are refused when a sheet is read, and where only the bytes
// tell how deep they are, when these are.
constexpr std::size_t kMaxLayoutDepth = 16;
// Elements of all arrays of layouts in one message.
constexpr std::size_t kMaxElements = 100'000;

// A field of a layout or of one nested in it. It lives as long as the LayoutSet.
struct FieldRef {
  const Field* field = nullptr;
  std::string path;  // `body.id`
};

// All fields, nested ones behind the field that holds them; of a choice those of all cases. Fields
// of arrays of layouts are left out: they have no single place. A layout that may hold itself is
// listed once. At most kMaxElements.
std::vector<FieldRef> list_fields(const Layout& layout, const LayoutSet& layouts);

// A field by its full path (`answers[0].name`), or by its own name or the end of its path where
// that is unique; the error is a sentence.
Expected<FieldRef, std::string> find_field(const Layout& layout, const LayoutSet& layouts,
                                           std::string_view name);
// The fields that a full path may stand for: more than one where cases have fields of one name.
std::vector<const Field*> fields_at(const Layout& layout, const LayoutSet& layouts,
                                    std::string_view path);

// Bytes of the whole field without padding before it, nothing when that varies or is no whole
// number of bytes.
std::optional<std::size_t> field_size(const Field& field, const LayoutSet& layouts);

// Where a field begins in its layout, and what it takes, in bits; nothing when it varies.
struct FieldSpace {
  std::optional<std::size_t> begin;
  std::optional<std::size_t> size;
};
std::vector<FieldSpace> measure_fields(const Layout& layout, const LayoutSet& layouts);

// The fixed size of a layout in bytes, nothing when it varies.
std::optional<std::size_t> layout_size(const Layout& layout, const LayoutSet& layouts);

// The bytes that the fields behind `fields[index]` take up to the last of the range; nothing when
// that varies.
std::optional<std::size_t> size_behind(const Layout& layout, const LayoutSet& layouts,
                                       std::size_t index, std::size_t last);

// The next offset at or behind `offset` that the field's alignment allows.
std::size_t aligned_offset(std::size_t offset, const Field& field);

bool is_integer(const Field& field);
// Bytes or text: one value of many bytes, not an array.
bool is_string(const Field& field);
// A number of `size` whole bytes, or an array of them.
bool has_fixed_bytes(const Field& field);
// Whether it may be missing.
bool is_conditional(const Field& field);
// No length of its own: it ends where something around it does.
bool is_open_ended(const Field& field);
const Field* field_named(const Layout& layout, std::string_view name);

// The places in `layout.fields` of a range's first and last field; nothing where one of them is
// missing or they are the wrong way round.
struct FieldStretch {
  std::size_t first = 0;
  std::size_t last = 0;
};
std::optional<FieldStretch> find_stretch(const Layout& layout, const FieldRange& range);

// `false` and `true`, of the type `flag`.
const std::vector<ValueName>& flag_names();

// "u32", "i32[n]", "text[3]", "text until \"\\n\"": as the column `Type` has it.
std::string render_field_type(const Field& field);
// As a layout says it: "leb128", "quic-varint"; empty for `fixed`.
std::string_view coding_name(NumberCoding coding);
// 15, "SUM"
std::string render_field_value(const FieldValue& value);
// The same by its name, where the field has one for it.
std::string render_field_value(const Field& field, const FieldValue& value);
// As the column `Value` has it; empty for any value.
std::string render_field_rule(const Field& field);
// "A..B", "all"
std::string render_range(const FieldRange& range);
std::string render_condition(const FieldCondition& condition);

}  // namespace wireproof
