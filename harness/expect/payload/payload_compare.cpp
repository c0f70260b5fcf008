#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "expect/payload/field_codec.h"

namespace wireproof {
namespace {

constexpr std::size_t kShownBefore = 16;  // bytes shown before the first differing one
constexpr std::size_t kShownBytes = 64;

// A stretch of a text around the place that counts.
std::string render_window(ByteView bytes, std::size_t at) {
  if (at >= bytes.size() && bytes.empty()) return "the end";
  std::size_t begin = at > kShownBytes - kShownBefore ? at - kShownBefore : 0;
  begin = std::min(begin, bytes.size());
  // Not inside a UTF-8 character.
  while (begin > 0 && begin < bytes.size() && (bytes[begin] & 0xc0) == 0x80) --begin;
  return (begin > 0 ? "…" : "") + render_quoted(bytes.subspan(begin), kShownBytes);
}

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
    const auto arguments = resolve_arguments(part, layouts_);
    if (!arguments) return MessageMismatch{at_, "", arguments.error(), ""};
    arguments_ = *arguments;
    const DecodeContext context{layouts_, arguments_, variables_};
    decoded_ = decode_layout(layouts_.at(part.layout), context, received_, at_);
    for (const DecodedField& item : decoded_.fields) {
      if (auto found = compare_field(item)) return found;
    }
    if (!decoded_.complete) {
      const std::string path = decoded_.fields.empty() ? "" : decoded_.fields.back().path;
      return MessageMismatch{received_.size(), path, fmt::format("{} bytes", decoded_.need - at_),
                             fmt::format("{} bytes, then the end", received_.size() - at_)};
    }
    at_ = decoded_.end;
    return std::nullopt;
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

  std::optional<MessageMismatch> compare_field(const DecodedField& item) {
    const auto found = arguments_.find(item.path);
    if (found != arguments_.end()) return compare_argument(item, *found->second);
    if (!item.complete) return std::nullopt;  // said behind all fields
    return compare_rule(item);
  }

  std::optional<MessageMismatch> compare_argument(const DecodedField& item,
                                                  const FieldArgument& argument) {
    if (argument.kind == FieldArgument::Kind::anything) return std::nullopt;
    if (argument.kind == FieldArgument::Kind::remember) {
      if (item.complete) {
        remembered_[argument.variable] = remember_field_bytes(*item.field, bytes_of(item));
      }
      return std::nullopt;
    }
    Variables known = remembered_;
    known.insert(variables_.begin(), variables_.end());
    const auto values = argument_values(argument, *item.field, known);
    if (!values) return mismatch(item, values.error());
    const auto expected = encode_values(*item.field, *values);
    if (!expected) return mismatch(item, expected.error());
    const ByteView captured = bytes_of(item);
    const std::size_t at = common_size(*expected, captured);
    if (at == expected->size() && at == captured.size()) return std::nullopt;
    MessageMismatch result = mismatch(item, render_field_bytes(*item.field, *expected));
    result.offset = item.begin + at;
    if (is_string(*item.field)) {
      result.expected = render_window(*expected, at);
      result.captured = render_window(captured, at);
    } else if (item.field->is_array) {
      result.field += fmt::format("[{}]", at / item.field->size);
    }
    if (!item.complete && at == captured.size()) result.captured += ", then the end";
    return result;
  }

  std::optional<MessageMismatch> compare_rule(const DecodedField& item) {
    const FieldRule& rule = item.field->rule;
    if (const auto* const choice = std::get_if<ValueOneOf>(&rule)) {
      return compare_choice(item, *choice);
    }
    if (const auto* const range = std::get_if<ValueRange>(&rule)) {
      return compare_range(item, *range);
    }
    if (const auto* const size = std::get_if<ValueSizeOf>(&rule)) {
      return compare_derived(item, size->field, true);
    }
    if (const auto* const count = std::get_if<ValueCountOf>(&rule)) {
      return compare_derived(item, count->field, false);
    }
    return std::nullopt;
  }

  std::optional<MessageMismatch> compare_choice(const DecodedField& item,
                                                const ValueOneOf& choice) {
    const Field& field = *item.field;
    const bool is_whole = is_string(field);
    const std::size_t step =
        is_whole ? std::max<std::size_t>(item.end - item.begin, 1) : field.size;
    for (std::size_t at = item.begin; at + step <= item.end || at == item.begin; at += step) {
      std::size_t farthest = 0;
      const ByteView one = received_.subspan(at, std::min(step, item.end - at));
      const ByteView bare = is_whole ? bare_value(field, one) : one;
      const bool met = std::ranges::any_of(choice.values, [&](const FieldValue& value) {
        ByteWriter writer;
        write_value(value, field, writer);
        const ByteView wanted = is_whole ? bare_value(field, writer.bytes()) : writer.bytes();
        farthest = std::max(farthest, common_size(wanted, bare));
        return std::ranges::equal(wanted, bare) || std::ranges::equal(writer.bytes(), bare);
      });
      if (met || (item.count == 0 && !is_whole)) continue;
      MessageMismatch result = mismatch(item, render_field_rule(field.rule));
      result.offset = at + farthest;
      return result;
    }
    return std::nullopt;
  }

  std::optional<MessageMismatch> compare_range(const DecodedField& item, const ValueRange& range) {
    const Field& field = *item.field;
    for (std::size_t at = item.begin; at + field.size <= item.end; at += field.size) {
      const FieldValue value = read_value(field, received_.subspan(at, field.size));
      bool inside = false;
      if (const auto* const number = std::get_if<std::int64_t>(&value)) {
        inside = range.least <= *number && *number <= range.most;
      } else if (const auto* const positive = std::get_if<std::uint64_t>(&value)) {
        inside = range.most >= 0 && *positive <= static_cast<std::uint64_t>(range.most) &&
                 (range.least <= 0 || *positive >= static_cast<std::uint64_t>(range.least));
      }
      if (inside) continue;
      MessageMismatch result = mismatch(item, render_field_rule(field.rule));
      result.offset = at;
      return result;
    }
    return std::nullopt;
  }

  std::optional<MessageMismatch> compare_derived(const DecodedField& item,
                                                 const std::string& target, bool is_size) {
    const std::string prefix = item.path.substr(0, item.path.size() - item.field->name.size());
    const auto expected = derived_value(prefix + target, is_size);
    if (!expected) return std::nullopt;
    const auto value = as_count(read_value(*item.field, bytes_of(item)));
    if (value == expected) return std::nullopt;
    const auto bytes = encode_values(*item.field, {std::to_string(*expected)});
    MessageMismatch result =
        mismatch(item, fmt::format("{} ({} of {})", *expected, is_size ? "size" : "count", target));
    if (bytes) result.offset = item.begin + common_size(*bytes, bytes_of(item));
    return result;
  }

  // The size or count that a field must have: of the value that the message demands, else as
  // received.
  std::optional<std::uint64_t> derived_value(const std::string& path, bool is_size) const {
    const auto target = std::ranges::find(decoded_.fields, path, &DecodedField::path);
    if (target == decoded_.fields.end()) return std::nullopt;
    const auto given = arguments_.find(path);
    if (given != arguments_.end() && given->second->kind == FieldArgument::Kind::values) {
      const auto values = argument_values(*given->second, *target->field, variables_);
      const auto bytes =
          values ? encode_values(*target->field, *values) : Unexpected<std::string>(values.error());
      if (!bytes) return std::nullopt;
      if (is_size) return bytes->size();
      return target->field->is_array ? values->size() : bytes->size();
    }
    if (!target->complete) return std::nullopt;
    return is_size ? target->end - target->begin : target->count;
  }

  ByteView bytes_of(const DecodedField& item) const {
    return received_.subspan(item.begin, item.end - item.begin);
  }
  MessageMismatch mismatch(const DecodedField& item, std::string expected) const {
    return {item.begin, item.path, std::move(expected),
            render_field_bytes(*item.field, bytes_of(item))};
  }

  const LayoutSet& layouts_;
  const Variables& variables_;
  const ByteView received_;
  std::size_t at_ = 0;
  DecodedLayout decoded_;
  ArgumentsByPath arguments_;
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
