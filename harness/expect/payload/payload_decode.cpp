#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "expect/payload/field_codec.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxDecodedFields = 100'000;  // of arrays of layouts

class LayoutDecoder {
 public:
  LayoutDecoder(const DecodeContext& context, ByteView bytes) : context_(context), bytes_(bytes) {}

  DecodedLayout decode(const Layout& layout, std::size_t begin) {
    at_ = begin;
    decode_at(layout, "", std::nullopt, 1);
    result_.end = at_;
    return std::move(result_);
  }

 private:
  // Counters and sizes of one layout that were read so far.
  using Numbers = std::map<std::string, std::uint64_t, std::less<>>;

  // What ends a field that has no length of its own.
  struct Bound {
    std::optional<std::uint64_t> size;  // bytes
    std::optional<std::uint64_t> count;
  };

  bool decode_at(const Layout& layout, const std::string& prefix,
                 std::optional<std::size_t> rest_end, std::size_t depth) {
    const std::size_t begin = at_;
    Numbers numbers;
    for (const Field& field : layout.fields) {
      at_ = begin + aligned_offset(at_ - begin, field);
      if (at_ > bytes_.size()) return lack(at_);
      DecodedField item{&field, prefix + field.name, at_, at_, 1, true};
      Bound bound = bound_of(layout, field, numbers);
      if (const auto* const named = std::get_if<CountField>(&field.count)) {
        const auto number = numbers.find(named->field);
        bound.count = number == numbers.end() ? 0 : number->second;
      }
      const std::size_t index = result_.fields.size();
      if (index >= kMaxDecodedFields) return lack(std::numeric_limits<std::uint32_t>::max());
      result_.fields.push_back(item);
      const bool done = decode_field(item, bound, rest_end, depth);
      item.complete = done;
      item.end = done ? at_ : bytes_.size();
      result_.fields[index] = item;
      if (!done) return false;
      if (!is_integer(field) || field.is_array) continue;
      const ByteView own = bytes_.subspan(item.begin, field.size);
      if (const auto number = as_count(read_value(field, own))) numbers[field.name] = *number;
    }
    return true;
  }

  bool decode_field(DecodedField& item, const Bound& bound, std::optional<std::size_t> rest_end,
                    std::size_t depth) {
    const Field& field = *item.field;
    if (const auto* const until = std::get_if<CountUntil>(&field.count)) {
      return take_until(item, until->terminator);
    }
    const bool rest = std::holds_alternative<CountRest>(field.count);
    if (const auto* const fixed = std::get_if<CountFixed>(&field.count)) item.count = fixed->count;
    if (std::holds_alternative<CountField>(field.count)) item.count = bound.count.value_or(0);
    if (field.type != FieldType::layout) {
      return rest ? take_rest(item, bound, rest_end) : take(item, item.count);
    }
    if (depth >= kMaxLayoutDepth) return lack(std::numeric_limits<std::uint32_t>::max());
    std::optional<std::size_t> nested_end = rest_end;
    if (bound.size) nested_end = at_ + static_cast<std::size_t>(*bound.size);
    if (!rest) {
      for (std::uint64_t i = 0; i < item.count; ++i) {
        DecodedField element = item;
        if (field.is_array) element.path += fmt::format("[{}]", i);
        if (!decode_nested(element, nested_end, depth)) return false;
      }
      return true;
    }
    result_.to_end |= !nested_end;
    const std::size_t end = nested_end.value_or(bytes_.size());
    for (item.count = 0; at_ < end; ++item.count) {
      DecodedField element = item;
      element.path += fmt::format("[{}]", item.count);
      const std::size_t before = at_;
      if (!decode_nested(element, nested_end, depth)) return false;
      if (at_ == before) return true;  // elements without bytes fill no rest
    }
    return true;
  }

  bool decode_nested(const DecodedField& item, std::optional<std::size_t> rest_end,
                     std::size_t depth) {
    const auto nested = context_.layouts.find(item.field->layout);
    if (nested == context_.layouts.end()) return true;
    return decode_at(nested->second, item.path + ".", rest_end, depth + 1);
  }

  bool take(DecodedField& item, std::uint64_t count) {
    item.count = count;
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
    const std::uint64_t size = count > kMost / item.field->size ? kMost : count * item.field->size;
    if (size > bytes_.size() - at_) return lack(at_ + size);
    at_ += static_cast<std::size_t>(size);
    return true;
  }

  bool take_until(DecodedField& item, const Bytes& terminator) {
    const ByteView rest = bytes_.subspan(at_);
    const auto found = std::search(rest.begin(), rest.end(), terminator.begin(), terminator.end());
    if (found == rest.end()) return lack(bytes_.size() + 1);
    item.count = static_cast<std::uint64_t>(found - rest.begin());
    at_ += static_cast<std::size_t>(item.count) + terminator.size();
    return true;
  }

  bool take_rest(DecodedField& item, const Bound& bound, std::optional<std::size_t> rest_end) {
    const std::size_t element = item.field->size;
    // The value that is demanded comes first: waiting for what a wrong length promises helps
    // nobody.
    if (const auto given = given_size(item)) return take(item, *given / element);
    if (bound.count) return take(item, *bound.count);
    if (bound.size) return take(item, *bound.size / element);
    if (rest_end) return take(item, (*rest_end - std::min(*rest_end, at_)) / element);
    result_.to_end = true;
    item.count = (bytes_.size() - at_) / element;
    at_ = bytes_.size();
    return true;
  }

  // The size of the value that the message demands of a field.
  std::optional<std::uint64_t> given_size(const DecodedField& item) const {
    const auto found = context_.arguments.find(item.path);
    if (found == context_.arguments.end()) return std::nullopt;
    const FieldArgument& argument = *found->second;
    const bool known = argument.kind == FieldArgument::Kind::values ||
                       argument.kind == FieldArgument::Kind::recall;
    if (!known) return std::nullopt;
    const auto values = argument_values(argument, *item.field, context_.variables);
    if (!values) return std::nullopt;
    const auto bytes = encode_values(*item.field, *values);
    return bytes ? std::optional<std::uint64_t>(bytes->size()) : std::nullopt;
  }

  Bound bound_of(const Layout& layout, const Field& field, const Numbers& numbers) const {
    Bound bound;
    for (const Field& other : layout.fields) {
      const auto number = numbers.find(other.name);
      if (number == numbers.end()) continue;
      const auto* const size = std::get_if<ValueSizeOf>(&other.rule);
      const auto* const count = std::get_if<ValueCountOf>(&other.rule);
      if (size != nullptr && size->field == field.name) bound.size = number->second;
      if (count != nullptr && count->field == field.name) bound.count = number->second;
    }
    return bound;
  }

  bool lack(std::uint64_t need) {
    result_.complete = false;
    result_.need = static_cast<std::size_t>(need);
    return false;
  }

  const DecodeContext& context_;
  const ByteView bytes_;
  std::size_t at_ = 0;
  DecodedLayout result_;
};

}  // namespace

DecodedLayout decode_layout(const Layout& layout, const DecodeContext& context, ByteView bytes,
                            std::size_t begin) {
  return LayoutDecoder(context, bytes).decode(layout, begin);
}

MessageNeed message_need(const Message& message, const LayoutSet& layouts,
                         const Variables& variables, ByteView received) {
  MessageNeed need;
  for (const MessagePart& part : message.parts) {
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
    need.size = decoded.complete ? decoded.end : decoded.need;
    if (!decoded.complete || decoded.to_end) return need;
  }
  need.complete = need.size <= received.size();
  return need;
}

}  // namespace wireproof
