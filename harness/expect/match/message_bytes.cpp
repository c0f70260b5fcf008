#include "expect/match/message_bytes.h"

#include <algorithm>

namespace wireproof {
namespace {

std::optional<std::uint64_t> fixed_part_size(const MessagePart& part, const LayoutSet& layouts) {
  if (const auto* layout_part = std::get_if<LayoutPart>(&part)) {
    const auto found = layouts.find(layout_part->layout);
    if (found == layouts.end()) return std::nullopt;
    return layout_size(found->second, layouts);
  }
  if (const auto* bytes = std::get_if<Bytes>(&part)) return bytes->size();
  return std::nullopt;  // texts may hold variables
}

}  // namespace

const LayoutSet& context_layouts(const MatchContext& context) {
  static const LayoutSet kNone;
  return context.layouts == nullptr ? kNone : *context.layouts;
}

Variables context_variables(const MatchContext& context) {
  return context.variables == nullptr ? Variables{} : *context.variables;
}

std::optional<std::uint64_t> fixed_message_size(const Message& message,
                                                const MatchContext& context) {
  const LayoutSet& layouts = context_layouts(context);
  const Variables variables = context_variables(context);
  std::uint64_t total = 0;
  for (const MessagePart& part : message.parts) {
    if (const auto fixed = fixed_part_size(part, layouts)) {
      total += *fixed;
      continue;
    }
    // A part without free fields has the size of its encoding.
    Message alone;
    alone.parts.push_back(part);
    const auto encoded = encode_message(alone, layouts, variables);
    if (!encoded) return std::nullopt;
    total += encoded->bytes.size();
  }
  return total;
}

std::optional<std::uint64_t> read_message_size(const Message& message, const MatchContext& context,
                                               ByteView bytes) {
  const MessageNeed need =
      message_need(message, context_layouts(context), context_variables(context), bytes);
  if (!need.complete || need.to_end || need.size == 0 || need.size > bytes.size()) {
    return std::nullopt;
  }
  return need.size;
}

ByteView stream_bytes(const TcpConnection& connection, Side from, std::uint64_t begin,
                      std::uint64_t end) {
  // Stream byte k is at position k + 1.
  const ByteView stream = connection.stream(from);
  const std::uint64_t first = begin == 0 ? 0 : begin - 1;
  const std::uint64_t behind = std::min<std::uint64_t>(end == 0 ? 0 : end - 1, stream.size());
  if (first >= behind) return {};
  return stream.subspan(first, behind - first);
}

}  // namespace wireproof
