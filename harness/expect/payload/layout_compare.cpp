#include "expect/payload/layout_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "base/text/words.h"
#include "expect/payload/derived_value.h"
#include "expect/payload/field_codec.h"
#include "expect/payload/layout_decode.h"

namespace wireproof {
namespace {

class LayoutComparer {
 public:
  LayoutComparer(const LayoutPart& part, const CompareContext& context, Variables& remembered)
      : layouts_(context.layouts),
        variables_(context.variables),
        received_(context.received),
        layout_(context.layouts.at(part.layout)),
        remembered_(remembered) {}

  std::optional<MessageMismatch> compare(const ArgumentsByPath& arguments, std::size_t& at) {
    arguments_ = arguments;
    decoded_ = decode_layout(layout_, {layouts_, arguments_, variables_}, received_, at);
    for (const DecodedField& item : decoded_.fields) {
      if (is_computed_of_all(item)) continue;
      if (auto found = compare_field(item)) return found;
    }
    if (decoded_.fault != DecodeFault::none) return fault_mismatch();
    if (!decoded_.complete) {
      const std::string path = decoded_.fields.empty() ? "" : decoded_.fields.back().path;
      return MessageMismatch{received_.size(), path, fmt::format("{} bytes", decoded_.need - at),
                             fmt::format("{} bytes, then the end", received_.size() - at)};
    }
    at = decoded_.end;
    if (auto found = find_absent()) return found;
    for (const DecodedField& item : decoded_.fields) {
      if (!is_computed_of_all(item)) continue;
      if (auto found = compare_field(item)) return found;
    }
    return std::nullopt;
  }

 private:
  // A checksum that no value is demanded of is wrong wherever the bytes that it covers are: what is
  // wrong with these is said first.
  bool is_computed_of_all(const DecodedField& item) const {
    return std::holds_alternative<ValueChecksum>(item.field->rule) &&
           !arguments_.contains(item.path);
  }

  // What can never become the layout.
  MessageMismatch fault_mismatch() const {
    const DecodedField& last = decoded_.fields.back();
    return {decoded_.end, last.path, expected_instead(*last.field),
            render_window(received_.subspan(decoded_.end), 0)};
  }

  std::string expected_instead(const Field& field) const {
    switch (decoded_.fault) {
      case DecodeFault::none:
        return "";
      case DecodeFault::no_case:
        return fmt::format("a case for the value of `{}`", field.chosen_by);
      case DecodeFault::too_long_number:
        return fmt::format("a number that fits {}", render_field_type(field));
      case DecodeFault::not_shortest:
        return "the number in as few bytes as it needs";
      case DecodeFault::negative_count:
        return "a count that is not negative";
      case DecodeFault::too_many_elements:
        return fmt::format("at most {} elements", kMaxElements);
      case DecodeFault::no_number:
        return fmt::format("what {} is computed of", render_field_type(field));
      case DecodeFault::out_of_window:
        return "the bytes that the size around it leaves";
      case DecodeFault::too_deep:
        return fmt::format("at most {} layouts in each other", kMaxLayoutDepth);
    }
    return "";
  }

  // A value is demanded of a field that is not there.
  std::optional<MessageMismatch> find_absent() const {
    for (const auto& [path, argument] : arguments_) {
      const bool needs = argument->kind != FieldArgument::Kind::anything;
      if (!needs || decoded_.find(path) != nullptr) continue;
      return MessageMismatch{decoded_.end, path,
                             fmt::format("{}", fmt::join(argument->values, ", ")), "no such field"};
    }
    return std::nullopt;
  }

  std::optional<MessageMismatch> compare_field(const DecodedField& item) {
    // What stands before a fault, or ends too early, is said behind all fields.
    if (!item.complete && decoded_.fault != DecodeFault::none) return std::nullopt;
    const auto found = arguments_.find(item.path);
    if (found != arguments_.end()) return compare_argument(item, *found->second);
    if (!item.complete) return std::nullopt;
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
    return compare_bytes(item, *expected);
  }

  std::optional<MessageMismatch> compare_bytes(const DecodedField& item, const Bytes& expected) {
    const Field& field = *item.field;
    // A number may be longer than it needs to be, also the one before a text.
    const ByteView captured = bytes_of(item);
    if (item.complete && shortest_form(field, captured) == expected) return std::nullopt;
    const bool is_prefixed = std::holds_alternative<CountPrefix>(field.count);
    const bool is_same =
        is_prefixed && item.complete &&
        std::ranges::equal(bare_value(field, expected), bare_value(field, captured));
    if (is_same) return std::nullopt;
    const std::size_t at = common_size(expected, captured);
    if (at == expected.size() && at == captured.size()) return std::nullopt;
    MessageMismatch result = mismatch(item, render_field_bytes(field, expected));
    result.offset = item.begin + at;
    if (field.bits != 0) result.offset = bit_offset(item, expected);
    if (is_string(field)) {
      result.expected = render_window(expected, at);
      result.captured = render_window(captured, at);
    } else if (field.is_array) {
      result.field += fmt::format("[{}]", elements_before(field, captured, at));
    }
    if (!item.complete && at == captured.size()) result.captured += ", then the end";
    return result;
  }

  // The byte with the first wrong bit.
  static std::size_t bit_offset(const DecodedField& item, ByteView expected) {
    const std::size_t skipped = item.bits.size() * 8 - item.field->bits;
    const std::size_t byte = common_size(expected, item.bits);
    if (byte == item.bits.size()) return item.begin;
    const int differing = expected[byte] ^ item.bits[byte];
    const auto before =
        static_cast<std::size_t>(std::countl_zero(static_cast<std::uint8_t>(differing)));
    return item.begin + (item.bit + byte * 8 + before - skipped) / 8;
  }

  static std::size_t elements_before(const Field& field, ByteView bytes, std::size_t at) {
    std::size_t count = 0;
    for (ByteView one = first_element(field, bytes); !one.empty() && one.size() <= at;
         one = first_element(field, bytes)) {
      bytes = bytes.subspan(one.size());
      at -= one.size();
      ++count;
    }
    return count;
  }

  std::optional<MessageMismatch> compare_rule(const DecodedField& item) {
    const FieldRule& rule = item.field->rule;
    if (const auto* const choice = std::get_if<ValueOneOf>(&rule)) {
      return compare_choice(item, *choice);
    }
    if (const auto* const range = std::get_if<ValueRange>(&rule)) {
      return compare_elements(item, render_field_rule(*item.field),
                              [&](const FieldValue& value) { return is_inside(value, *range); });
    }
    if (const auto* const size = std::get_if<ValueSizeOf>(&rule)) return compare_size(item, *size);
    if (const auto* const count = std::get_if<ValueCountOf>(&rule)) {
      return compare_count(item, count->field);
    }
    if (const auto* const checksum = std::get_if<ValueChecksum>(&rule)) {
      return compare_checksum(item, *checksum);
    }
    return compare_names(item);
  }

  std::optional<MessageMismatch> compare_choice(const DecodedField& item,
                                                const ValueOneOf& choice) {
    const Field& field = *item.field;
    if (!is_string(field)) return compare_numbers(item, render_field_rule(field), choice.values);
    const ByteView bare = bare_value(field, bytes_of(item));
    std::size_t farthest = 0;
    for (const FieldValue& value : choice.values) {
      const Bytes& whole = std::get<Bytes>(value);
      // What pads it may end the value, too.
      Field unmarked = field;
      if (!field.padding) unmarked.count = CountRest{};
      const ByteView wanted = bare_value(unmarked, whole);
      if (std::ranges::equal(wanted, bare) || std::ranges::equal(whole, bare)) return std::nullopt;
      farthest = std::max(farthest, common_size(wanted, bare));
    }
    MessageMismatch result = mismatch(item, render_field_rule(field));
    const auto before = static_cast<std::size_t>(bare.data() - bytes_of(item).data());
    result.offset = item.begin + (bare.empty() ? 0 : before) + farthest;
    return result;
  }

  // Each number must be one of those; the byte is the first that is right for none of them.
  std::optional<MessageMismatch> compare_numbers(const DecodedField& item, const std::string& shown,
                                                 const std::vector<FieldValue>& values) {
    const Field& field = *item.field;
    auto found = compare_elements(item, shown, [&](const FieldValue& value) {
      return std::ranges::find(values, value) != values.end();
    });
    if (!found || field.bits != 0) return found;
    const ByteView wrong = bytes_of(item).subspan(found->offset - item.begin);
    std::size_t farthest = 0;
    for (const FieldValue& value : values) {
      ByteWriter writer;
      write_value(value, field, writer);
      farthest = std::max(farthest, common_size(writer.bytes(), first_element(field, wrong)));
    }
    found->offset += farthest;
    return found;
  }

  // Each number of a field must be right.
  template <class IsRight>
  std::optional<MessageMismatch> compare_elements(const DecodedField& item,
                                                  const std::string& expected, IsRight is_right) {
    const Field& field = *item.field;
    ByteView rest = bytes_of(item);
    std::size_t offset = item.begin;
    for (ByteView one = first_element(field, rest); !one.empty();
         one = first_element(field, rest)) {
      if (!is_right(read_value(field, one))) {
        MessageMismatch result = mismatch(item, expected);
        result.offset = offset;
        return result;
      }
      rest = rest.subspan(one.size());
      offset += one.size();
    }
    return std::nullopt;
  }

  static bool is_inside(const FieldValue& value, const ValueRange& range) {
    if (const auto* const number = std::get_if<std::int64_t>(&value)) {
      return range.least <= *number && *number <= range.most;
    }
    const auto* const positive = std::get_if<std::uint64_t>(&value);
    return positive != nullptr && std::cmp_less_equal(range.least, *positive) &&
           std::cmp_less_equal(*positive, range.most);
  }

  // Where a type names all its values.
  std::optional<MessageMismatch> compare_names(const DecodedField& item) {
    const Field& field = *item.field;
    if (field.names.empty() || field.other_values) return std::nullopt;
    std::vector<FieldValue> values;
    for (const ValueName& one : field.names) values.push_back(one.value);
    return compare_numbers(item, fmt::format("{}", fmt::join(list_names(field.names), "|")),
                           values);
  }

  std::optional<MessageMismatch> compare_number(const DecodedField& item, std::uint64_t expected,
                                                const std::string& shown) {
    const auto value = as_count(read_value(*item.field, bytes_of(item)));
    if (value == expected) return std::nullopt;
    MessageMismatch result = mismatch(item, shown);
    const auto bytes = encode_values(*item.field, {std::to_string(expected)});
    if (bytes) result.offset = item.begin + common_size(*bytes, bytes_of(item));
    if (bytes && item.field->bits != 0) result.offset = bit_offset(item, *bytes);
    return result;
  }

  std::optional<MessageMismatch> compare_size(const DecodedField& item, const ValueSizeOf& rule) {
    const auto size = rule.last.empty() && !rule.field.empty()
                          ? demanded_number(prefix_of(item) + rule.field, true)
                          : range_size(item, {rule.field, rule.last});
    if (!size) return std::nullopt;
    const auto value = size_value(rule, static_cast<std::size_t>(*size));
    const std::string what = render_field_rule(*item.field);
    if (value) return compare_number(item, *value, fmt::format("{} ({})", *value, what));
    return mismatch(item, fmt::format("{}, which has {}", what,
                                      counted(static_cast<std::size_t>(*size), "byte")));
  }

  std::optional<MessageMismatch> compare_count(const DecodedField& item,
                                               const std::string& target) {
    const auto count = demanded_number(prefix_of(item) + target, false);
    if (!count) return std::nullopt;
    return compare_number(item, *count, fmt::format("{} (count of {})", *count, target));
  }

  std::optional<MessageMismatch> compare_checksum(const DecodedField& item,
                                                  const ValueChecksum& rule) {
    const auto range = range_of(item, rule.range);
    if (!range) return std::nullopt;
    const std::uint64_t expected =
        checksum_value(rule.checksum, received_, *range, {item.begin, item.end});
    return compare_number(item, expected,
                          fmt::format("{} ({})", expected, render_field_rule(*item.field)));
  }

  // The size or count that a field must have: of the value that the message demands, else as
  // received.
  std::optional<std::uint64_t> demanded_number(const std::string& path, bool is_size) const {
    const DecodedField* const target = decoded_.find(path);
    if (target == nullptr)
      return decoded_.complete ? std::optional<std::uint64_t>(0) : std::nullopt;
    const auto given = arguments_.find(path);
    if (given != arguments_.end() && given->second->kind == FieldArgument::Kind::values) {
      const auto values = argument_values(*given->second, *target->field, variables_);
      const auto bytes =
          values ? encode_values(*target->field, *values) : Unexpected<std::string>(values.error());
      if (!bytes) return std::nullopt;
      if (is_size) return bytes->size();
      if (target->field->is_array) return values->size();
      const auto* const fixed = std::get_if<CountFixed>(&target->field->count);
      return fixed != nullptr ? fixed->count : values->front().size();
    }
    if (!target->complete) return std::nullopt;
    return is_size ? target->end - target->begin : target->count;
  }

  std::optional<std::uint64_t> range_size(const DecodedField& item, const FieldRange& range) const {
    const auto stretch = range_of(item, range);
    return stretch ? std::optional<std::uint64_t>(stretch->end - stretch->begin) : std::nullopt;
  }

  // The received bytes of a range of the layout that the field is in; nothing when not all of them
  // came. Fields that are not there take none.
  std::optional<ByteStretch> range_of(const DecodedField& item, const FieldRange& range) const {
    const std::string prefix = prefix_of(item);
    const Layout* const layout = layout_around(prefix);
    const auto stretch = layout == nullptr ? std::nullopt : find_stretch(*layout, range);
    if (!stretch || !decoded_.complete) return std::nullopt;
    std::optional<ByteStretch> found;
    for (std::size_t i = stretch->first; i <= stretch->last; ++i) {
      const DecodedField* const one = decoded_.find(prefix + layout->fields[i].name);
      if (one == nullptr) continue;
      if (!found) found = ByteStretch{one->begin, one->end};
      found->end = one->end;
    }
    return found ? found : ByteStretch{item.begin, item.begin};
  }

  // The layout whose fields' paths begin with `prefix`.
  const Layout* layout_around(const std::string& prefix) const {
    if (prefix.empty()) return &layout_;
    const std::string holder = prefix.substr(0, prefix.size() - 1);
    const std::string name = holder.ends_with(']') ? holder.substr(0, holder.rfind('[')) : holder;
    const DecodedField* const item = decoded_.find(name);
    const auto found = item == nullptr ? layouts_.end() : layouts_.find(item->field->layout);
    return found == layouts_.end() ? nullptr : &found->second;
  }

  static std::string prefix_of(const DecodedField& item) {
    return item.path.substr(0, item.path.size() - item.field->name.size());
  }

  ByteView bytes_of(const DecodedField& item) const { return item.bytes(received_); }
  MessageMismatch mismatch(const DecodedField& item, std::string expected) const {
    return {item.begin, item.path, std::move(expected),
            render_field_bytes(*item.field, bytes_of(item))};
  }

  const LayoutSet& layouts_;
  const Variables& variables_;
  const ByteView received_;
  const Layout& layout_;
  Variables& remembered_;
  DecodedLayout decoded_;
  ArgumentsByPath arguments_;
};

}  // namespace

std::optional<MessageMismatch> compare_layout(const LayoutPart& part, const CompareContext& context,
                                              std::size_t& at, Variables& remembered) {
  const auto arguments = resolve_arguments(part, context.layouts);
  if (!arguments) return MessageMismatch{at, "", arguments.error(), ""};
  return LayoutComparer(part, context, remembered).compare(*arguments, at);
}

}  // namespace wireproof
