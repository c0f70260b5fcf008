#include <algorithm>
#include <iterator>

#include "expect/payload/field_codec.h"
#include "expect/payload/layout_decode.h"
#include "fuzz/sheets.h"
#include "fuzz/targets.h"

// Received bytes: the first chooses one of the layouts that they are decoded by.
namespace wireproof {
namespace {

void check_places(const DecodedLayout& decoded, ByteView bytes) {
  for (const DecodedField& field : decoded.fields) {
    promise(field.begin <= field.end, "a field does not end before it begins");
    promise(field.end <= bytes.size(), "a field is inside of the bytes");
    if (is_string(*field.field) || field.field->layout.empty()) {
      render_field_bytes(*field.field, field.bytes(bytes));
    }
  }
  promise(!decoded.complete || decoded.end <= bytes.size(), "what is complete is inside");
  promise(decoded.complete || decoded.fault != DecodeFault::none || decoded.need > bytes.size(),
          "more is needed than there is, or it is no use to wait");
  promise(!decoded.complete || decoded.fault == DecodeFault::none, "what is complete is right");
  promise(decoded.fields.size() <= kMaxElements, "hostile bytes have an end");
}

// What the message is made of can be found in it: the bytes that were decoded hold any value.
Message any_message(const std::string& layout) {
  Message message;
  message.parts.emplace_back(LayoutPart{layout, {}});
  return message;
}

void check_decoding(const Layout& layout, ByteView bytes) {
  const ArgumentsByPath arguments;
  const Variables variables;
  const DecodeContext context{known_layouts(), arguments, variables};
  const DecodedLayout decoded = decode_layout(layout, context, bytes, 0);
  check_places(decoded, bytes);

  const Message message = any_message(layout.name);
  const MessageNeed need = message_need(message, known_layouts(), variables, bytes);
  if (need.complete && !need.to_end && decoded.fault == DecodeFault::none) {
    promise(decoded.complete && need.size == decoded.end, "both find the same end");
    const MessageNeed shorter =
        message_need(message, known_layouts(), variables,
                     bytes.first(need.size - std::min<std::size_t>(need.size, 1)));
    promise(need.size == 0 || !shorter.complete, "a shorter part is not complete");
  }
  Variables remembered;
  compare_message(message, known_layouts(), remembered, bytes);
}

// A value as the sheet would have to write it.
FieldArgument argument_of(const DecodedField& decoded, ByteView bytes) {
  const Field& field = *decoded.field;
  ByteView value = decoded.bytes(bytes);
  FieldArgument argument;
  argument.field = decoded.path;
  if (is_string(field)) {
    argument.values = {std::string(as_text(bare_value(field, value)))};
    return argument;
  }
  argument.is_list = field.is_array;
  for (ByteView one = first_element(field, value); !one.empty();
       one = first_element(field, value)) {
    argument.values.push_back(render_field_value(read_value(field, one)));
    value = value.subspan(one.size());
  }
  return argument;
}

constexpr std::size_t kMaxArguments = 200;

// Decoded, written in a sheet's words and encoded again: the same message, where it is one that
// can be sent, which does not hold for placeholders and values that the layout forbids.
void check_encoding(const Layout& layout, ByteView bytes) {
  const ArgumentsByPath none;
  const Variables variables;
  const DecodedLayout decoded = decode_layout(layout, {known_layouts(), none, variables}, bytes, 0);
  if (!decoded.complete) return;
  LayoutPart part{layout.name, {}};
  for (const DecodedField& field : decoded.fields) {
    if (field.field->type == FieldType::layout || field.field->type == FieldType::floating ||
        std::holds_alternative<CountAlign>(field.field->count)) {
      continue;
    }
    part.arguments.push_back(argument_of(field, bytes));
    // An argument for each of very many elements says nothing new.
    if (part.arguments.size() > kMaxArguments) return;
  }
  Message message;
  message.parts.emplace_back(part);
  const auto encoded = encode_message(message, known_layouts(), variables);
  if (!encoded) return;
  const bool has_braces = std::ranges::find(bytes, std::uint8_t{'{'}) != bytes.end();
  Variables remembered;
  const auto mismatch = compare_message(message, known_layouts(), remembered, encoded->bytes);
  promise(!mismatch, "a message is what it was encoded to");
  const MessageNeed need = message_need(message, known_layouts(), variables, encoded->bytes);
  promise(need.to_end || (need.complete && need.size == encoded->bytes.size()),
          "an encoded message is complete");
  // These have one form for each message.
  const bool is_unique = layout.name == "request" || layout.name == "packet";
  if (is_unique && !has_braces) {
    promise(std::ranges::equal(encoded->bytes, bytes.first(decoded.end)),
            "what was decoded is encoded to the same bytes");
  }
}

}  // namespace

void fuzz_payload(ByteView input) {
  if (input.empty()) return;
  const LayoutSet& layouts = known_layouts();
  const auto chosen = std::next(layouts.begin(), input[0] % static_cast<int>(layouts.size()));
  const ByteView bytes = input.subspan(1);
  check_decoding(chosen->second, bytes);
  check_encoding(chosen->second, bytes);
}

}  // namespace wireproof
