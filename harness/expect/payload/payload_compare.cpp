#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "expect/payload/layout_compare.h"

namespace wireproof {
namespace {

class MessageComparer {
 public:
  MessageComparer(const LayoutSet& layouts, const Variables& variables, ByteView received)
      : layouts_(layouts), variables_(variables), received_(received) {}

  std::optional<MessageMismatch> compare(const Message& message) {
    for (const MessagePart& part : message.parts) {
      auto found = std::visit([this](const auto& one) { return compare_part(one); }, part);
      if (found) return found;
    }
    if (at_ == received_.size()) return std::nullopt;
    return MessageMismatch{at_, "", "the end", render_window(received_.subspan(at_), 0)};
  }

  const Variables& remembered() const { return remembered_; }

 private:
  std::optional<MessageMismatch> compare_part(const Bytes& part) { return compare_fixed(part); }

  std::optional<MessageMismatch> compare_part(const TextPart& part) {
    const Message alone{{part}, {}};
    const auto encoded = encode_message(alone, layouts_, variables_);
    if (!encoded) return MessageMismatch{at_, "", encoded.error(), ""};
    return compare_fixed(encoded->bytes);
  }

  std::optional<MessageMismatch> compare_part(const VariablePart& part) {
    const auto now = remembered_.find(part.variable);
    if (now != remembered_.end()) return compare_fixed(as_bytes(now->second));
    const auto variable = variables_.find(part.variable);
    if (variable != variables_.end()) return compare_fixed(as_bytes(variable->second));
    return MessageMismatch{at_, "", fmt::format("nothing was remembered as `{}`", part.variable),
                           ""};
  }

  std::optional<MessageMismatch> compare_part(const LayoutPart& part) {
    return compare_layout(part, {layouts_, variables_, received_}, at_, remembered_);
  }

  std::optional<MessageMismatch> compare_part(const HttpPart& part) {
    return compare_http(part, variables_, received_, at_, remembered_);
  }

  std::optional<MessageMismatch> compare_fixed(ByteView expected) {
    const ByteView captured =
        received_.subspan(at_, std::min(expected.size(), received_.size() - at_));
    const std::size_t same = common_size(expected, captured);
    const std::size_t begin = at_;
    at_ += captured.size();
    if (same == expected.size()) return std::nullopt;
    return MessageMismatch{begin + same, "", render_window(expected, same),
                           render_window(captured, same)};
  }

  const LayoutSet& layouts_;
  const Variables& variables_;
  const ByteView received_;
  std::size_t at_ = 0;
  Variables remembered_;
};

}  // namespace

std::optional<MessageMismatch> compare_message(const Message& message, const LayoutSet& layouts,
                                               Variables& variables, ByteView received) {
  MessageComparer comparer(layouts, variables, received);
  if (auto found = comparer.compare(message)) return found;
  for (const auto& [name, value] : comparer.remembered()) variables[name] = value;
  return std::nullopt;
}

}  // namespace wireproof
