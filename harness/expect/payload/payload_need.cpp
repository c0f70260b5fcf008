#include "expect/payload/layout_decode.h"

namespace wireproof {
MessageNeed message_need(const Message& message, const LayoutSet& layouts,
                         const Variables& variables, ByteView received) {
  MessageNeed need;
  for (const MessagePart& part : message.parts) {
    if (const auto* const http = std::get_if<HttpPart>(&part)) {
      if (need.size > received.size()) return need;
      need.size += interim_size(*http, received.subspan(need.size));
      const HttpMessage one = read_http_part(*http, received.subspan(need.size));
      if (one.fault) return {received.size(), true};
      need.size += one.size;
      need.to_end = need.at_end_only = one.to_end;
      need.is_searching = one.is_searching;
      if (!one.complete) return need;
      continue;
    }
    const auto* const layout_part = std::get_if<LayoutPart>(&part);
    if (layout_part == nullptr) {
      // It has no size while its variable is not known.
      const auto fixed = encode_message(Message{{part}, {}}, layouts, variables);
      if (fixed) need.size += fixed->bytes.size();
      continue;
    }
    const auto arguments = resolve_arguments(*layout_part, layouts);
    if (!arguments) continue;  // comparing says so
    if (need.size > received.size()) return need;
    const DecodeContext context{layouts, *arguments, variables};
    const DecodedLayout decoded =
        decode_layout(layouts.at(layout_part->layout), context, received, need.size);
    need.to_end |= decoded.to_end;
    if (decoded.fault != DecodeFault::none) return {received.size(), true, false};
    need.size = decoded.complete ? decoded.end : decoded.need;
    need.is_searching = decoded.is_searching;
    if (!decoded.complete || decoded.to_end) return need;
  }
  need.complete = need.size <= received.size();
  return need;
}

}  // namespace wireproof
