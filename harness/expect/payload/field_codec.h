#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/expected.h"
#include "expect/payload/payload.h"

namespace wireproof {

// Bytes of one field and of one message: more is refused, not allocated.
constexpr std::size_t kMaxMessageBytes = 64 << 20;

// `{n}` and `{i}` replaced by the variables of these names, where they are set.
std::string fill_placeholders(const std::string& text, const Variables& variables);

// One element as bytes. The value's alternative fits the field's type.
void write_value(const FieldValue& value, const Field& field, ByteWriter& writer);
// One element of a numeric field from exactly `field.size` bytes.
FieldValue read_value(const Field& field, ByteView bytes);

// The whole field from values as written (numbers, decoded texts): padded, terminated. The error
// is a sentence.
Expected<Bytes, std::string> encode_values(const Field& field,
                                           const std::vector<std::string>& values);

// What an argument gives, with placeholders and `$name` filled in; an error when the variable was
// never remembered. Empty for `?`.
Expected<std::vector<std::string>, std::string> argument_values(const FieldArgument& argument,
                                                                const Field& field,
                                                                const Variables& variables);

// The value of an integer field as an unsigned number; nothing for a negative one.
std::optional<std::uint64_t> as_count(const FieldValue& value);

// 15, "SUM", [1, 2, 3]: the field's bytes as a sheet would write them.
std::string render_field_bytes(const Field& field, ByteView bytes);
// The same without quotes, as `?name` remembers it: numbers joined by ", ", or the raw bytes.
std::string remember_field_bytes(const Field& field, ByteView bytes);

// The value inside the field's bytes: without terminator and padding.
ByteView bare_value(const Field& field, ByteView bytes);

// A number as written (`15`, `-3`, `0xff`, `2.5`) as a value of the field's numeric type. The
// error is a sentence: no number, or out of the type's range.
Expected<FieldValue, std::string> parse_field_number(std::string_view text, const Field& field);

// Where the fields of a layout lie in received bytes. A field that holds others stands before
// them.
struct DecodedField {
  const Field* field = nullptr;  // in the LayoutSet
  std::string path;              // `body.id`, `entries[2].id`
  std::size_t begin = 0;
  std::size_t end = 0;      // with terminator and padding; at most what was received
  std::uint64_t count = 0;  // elements, bytes of a text
  bool complete = true;
};

struct DecodedLayout {
  std::vector<DecodedField> fields;
  std::size_t end = 0;
  bool complete = true;  // false: bytes are missing
  bool to_end = false;   // takes all there is: it ends where the stream ends
  std::size_t need = 0;  // not complete: at least so many bytes, from the first of `bytes`
};

// What decoding needs to know besides the bytes.
struct DecodeContext {
  const LayoutSet& layouts;
  const ArgumentsByPath& arguments;
  const Variables& variables;
};

// Reads a layout that begins at `begin`. Counts come from earlier fields as received; a field
// without a length of its own ends by the `size of` it, or by the value that the arguments give
// it, or takes all there is.
DecodedLayout decode_layout(const Layout& layout, const DecodeContext& context, ByteView bytes,
                            std::size_t begin);

}  // namespace wireproof
