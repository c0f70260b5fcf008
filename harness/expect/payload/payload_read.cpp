#include <fmt/format.h>

#include <algorithm>

#include "base/text/hex.h"
#include "expect/payload/field_codec.h"
#include "expect/payload/payload_decode.h"

namespace wireproof {
namespace {

// The bytes of a part that is no layout; empty when its variable is not known.
Bytes fixed_part(const MessagePart& part, const LayoutSet& layouts, const Variables& variables) {
  const Message alone{{part}, {}};
  const auto encoded = encode_message(alone, layouts, variables);
  return encoded ? encoded->bytes : Bytes();
}

}  // namespace

MessageNeed message_need(const Message& message, const LayoutSet& layouts,
                         const Variables& variables, ByteView received) {
  MessageNeed need;
  for (const MessagePart& part : message.parts) {
    const auto* const layout_part = std::get_if<LayoutPart>(&part);
    if (layout_part == nullptr) {
      need.size += fixed_part(part, layouts, variables).size();
      continue;
    }
    const auto arguments = resolve_arguments(*layout_part, layouts);
    if (!arguments) continue;  // comparing says so
    if (need.size > received.size()) return need;
    const DecodeContext context{layouts, *arguments, variables};
    const DecodedLayout decoded =
        decode_layout(layouts.at(layout_part->layout), context, received, need.size);
    need.to_end |= decoded.to_end;
    need.size = decoded.complete ? decoded.end : decoded.need;
    if (!decoded.complete || decoded.to_end) return need;
  }
  need.complete = need.size <= received.size();
  return need;
}

std::string render_message(const Layout& layout, const LayoutSet& layouts, ByteView bytes) {
  const ArgumentsByPath no_arguments;
  const Variables no_variables;
  const DecodeContext context{layouts, no_arguments, no_variables};
  const DecodedLayout decoded = decode_layout(layout, context, bytes, 0);
  std::vector<std::string> texts;
  for (const DecodedField& item : decoded.fields) {
    const ByteView own = bytes.subspan(item.begin, item.end - item.begin);
    if (!item.complete) {
      if (item.field->type == FieldType::layout) continue;  // its own fields say it
      texts.push_back(fmt::format("{}=(cut off after {} bytes)", item.path, own.size()));
    } else if (item.field->type != FieldType::layout) {
      texts.push_back(fmt::format("{}={}", item.path, render_field_bytes(*item.field, own)));
    }
  }
  if (decoded.complete && decoded.end < bytes.size()) {
    const ByteView more = bytes.subspan(decoded.end);
    texts.push_back(fmt::format("and {} more bytes: {}", more.size(), render_quoted(more)));
  }
  return fmt::format("{}", fmt::join(texts, " "));
}

}  // namespace wireproof
