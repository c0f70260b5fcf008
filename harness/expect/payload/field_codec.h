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

// One element as bytes; of a bit field the bits at the end of `field.size` bytes. The value's
// alternative fits the field's type.
void write_value(const FieldValue& value, const Field& field, ByteWriter& writer);
// One element of a numeric field from exactly its bytes, as write_value makes them.
FieldValue read_value(const Field& field, ByteView bytes);

// The number before a text, as a field.
Field prefix_field(const CountPrefix& prefix);

// The first element of a field's bytes; empty when they hold no whole one.
ByteView first_element(const Field& field, ByteView bytes);
// The bytes as they are when every number has its shortest form.
Bytes shortest_form(const Field& field, ByteView bytes);

// `width` bits, the most significant first, behind the first `bit` ones of the bytes that are
// there: from the end of `value`, or as bytes that end with them. Both sides have room for them.
void put_bits(ByteView value, std::size_t width, std::size_t bit, Bytes& bytes);
Bytes take_bits(ByteView bytes, std::size_t bit, std::size_t width);

// The whole field from values as written (numbers, names, decoded texts): padded, terminated,
// prefixed. The error is a sentence.
Expected<Bytes, std::string> encode_values(const Field& field,
                                           const std::vector<std::string>& values);
// A text's or byte string's bytes on the wire. The error is a sentence: it does not fit.
Expected<Bytes, std::string> encode_string(const Field& field, ByteView value);

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

// The value inside the field's bytes: without prefix, terminator and padding.
ByteView bare_value(const Field& field, ByteView bytes);

// A number as written (`15`, `-3`, `0xff`, `2.5`), or a name of the field's values, as a value of
// the field's numeric type. The error is a sentence: no number, or out of the type's range.
Expected<FieldValue, std::string> parse_field_number(std::string_view text, const Field& field);

}  // namespace wireproof
