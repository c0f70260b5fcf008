#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "expect/payload/field_codec.h"

namespace wireproof {
namespace {

// A field's bytes, before it is known where they will stand.
struct FieldBytes {
  Bytes bytes;
  std::uint64_t count = 1;         // elements
  std::vector<FieldPlace> places;  // of itself and what is nested in it, from its first byte
};

class LayoutEncoder {
 public:
  LayoutEncoder(const LayoutSet& layouts, const Variables& variables,
                const ArgumentsByPath& arguments)
      : layouts_(layouts), variables_(variables), arguments_(arguments) {}

  // Check error() afterwards: what was encoded up to there is returned.
  FieldBytes encode(const Layout& layout, const std::string& prefix, std::size_t depth) {
    std::vector<FieldBytes> fields;
    for (const Field& field : layout.fields) {
      fields.push_back(encode_field(layout, field, prefix, depth));
      if (!error_.empty()) return {};
    }
    encode_derived(layout, fields, prefix);
    FieldBytes whole;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Field& field = layout.fields[i];
      const std::size_t begin = aligned_offset(whole.bytes.size(), field);
      if (begin + fields[i].bytes.size() > kMaxMessageBytes) {
        return fail(fmt::format("the message has more than {} bytes", kMaxMessageBytes));
      }
      whole.bytes.resize(begin, 0);
      whole.bytes.insert(whole.bytes.end(), fields[i].bytes.begin(), fields[i].bytes.end());
      whole.places.push_back({prefix + field.name, begin, whole.bytes.size()});
      for (const FieldPlace& place : fields[i].places) {
        whole.places.push_back({place.field, begin + place.begin, begin + place.end});
      }
    }
    return whole;
  }

  const std::string& error() const { return error_; }

 private:
  FieldBytes encode_field(const Layout& layout, const Field& field, const std::string& prefix,
                          std::size_t depth) {
    const std::string path = prefix + field.name;
    if (const FieldArgument* const given = argument(path)) return encode_given(field, *given);
    const std::uint64_t count = default_count(layout, field, prefix);
    if (count > kMaxMessageBytes / std::max<std::size_t>(field.size, 1)) {
      return fail(fmt::format("`{}` has {} elements, which is too many", path, count));
    }
    if (field.type != FieldType::layout) return encode_default(field, count);
    if (!field.is_array) return encode_nested(field, path, depth);
    FieldBytes all;
    all.count = count;
    for (std::uint64_t i = 0; i < count && error_.empty(); ++i) {
      const FieldBytes one = encode_nested(field, fmt::format("{}[{}]", path, i), depth);
      all.bytes.insert(all.bytes.end(), one.bytes.begin(), one.bytes.end());
      if (all.bytes.size() > kMaxMessageBytes) fail(fmt::format("`{}` is too long", path));
    }
    return all;
  }

  FieldBytes encode_nested(const Field& field, const std::string& path, std::size_t depth) {
    const auto nested = layouts_.find(field.layout);
    if (nested == layouts_.end() || depth >= kMaxLayoutDepth) {
      return fail(fmt::format("the layout `{}` is not known", field.layout));
    }
    return encode(nested->second, path + ".", depth + 1);
  }

  FieldBytes encode_given(const Field& field, const FieldArgument& given) {
    const bool open =
        given.kind == FieldArgument::Kind::anything || given.kind == FieldArgument::Kind::remember;
    if (open) return fail(fmt::format("what is sent as `{}` must be known", field.name));
    const auto values = argument_values(given, field, variables_);
    if (!values) return fail(values.error());
    auto bytes = encode_values(field, *values);
    if (!bytes) return fail(bytes.error());
    FieldBytes result;
    result.count = is_string(field) ? values->front().size() : values->size();
    result.bytes = std::move(*bytes);
    return result;
  }

  // What nobody gave: the rule's first value, the least of its range, else zeros or nothing.
  FieldBytes encode_default(const Field& field, std::uint64_t count) {
    FieldBytes result;
    result.count = count;
    FieldValue value = std::uint64_t{0};
    if (field.type == FieldType::signed_integer) value = std::int64_t{0};
    if (field.type == FieldType::floating) value = 0.0;
    if (is_string(field)) value = Bytes();
    if (const auto* const choice = std::get_if<ValueOneOf>(&field.rule)) {
      value = choice->values.front();
    } else if (const auto* const range = std::get_if<ValueRange>(&field.rule)) {
      value = range->least;
    }
    if (!is_string(field)) {
      ByteWriter writer;
      for (std::uint64_t i = 0; i < count; ++i) write_value(value, field, writer);
      result.bytes = writer.take();
      return result;
    }
    result.bytes = std::get<Bytes>(value);
    const bool sized = std::holds_alternative<CountFixed>(field.count) ||
                       (std::holds_alternative<CountField>(field.count) && result.bytes.empty());
    if (sized)
      result.bytes.resize(std::max<std::size_t>(result.bytes.size(), count),
                          field.padding.value_or(0));
    result.count = result.bytes.size();
    if (const auto* const until = std::get_if<CountUntil>(&field.count)) {
      result.bytes.insert(result.bytes.end(), until->terminator.begin(), until->terminator.end());
    }
    return result;
  }

  void encode_derived(const Layout& layout, std::vector<FieldBytes>& fields,
                      const std::string& prefix) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Field& field = layout.fields[i];
      if (argument(prefix + field.name) != nullptr || !is_integer(field)) continue;
      const auto value = derived_value(layout, field, fields);
      if (!value) continue;
      auto bytes = encode_values(field, {std::to_string(*value)});
      if (bytes) {
        fields[i].bytes = std::move(*bytes);
      } else {
        fail(bytes.error());
      }
    }
  }

  // Sizes and counts of other fields, and counters that nobody gave.
  std::optional<std::uint64_t> derived_value(const Layout& layout, const Field& field,
                                             const std::vector<FieldBytes>& fields) const {
    const auto* const size = std::get_if<ValueSizeOf>(&field.rule);
    const auto* const count = std::get_if<ValueCountOf>(&field.rule);
    for (std::size_t i = 0; i < layout.fields.size(); ++i) {
      const Field& other = layout.fields[i];
      if (size != nullptr && other.name == size->field) return fields[i].bytes.size();
      if (count != nullptr && other.name == count->field) return fields[i].count;
      const auto* const counted = std::get_if<CountField>(&other.count);
      const bool counts = counted != nullptr && counted->field == field.name;
      if (counts && std::holds_alternative<ValueAny>(field.rule)) return fields[i].count;
    }
    return std::nullopt;
  }

  // How many elements a field has when none were given.
  std::uint64_t default_count(const Layout& layout, const Field& field, const std::string& prefix) {
    if (const auto* const fixed = std::get_if<CountFixed>(&field.count)) return fixed->count;
    const auto* const named = std::get_if<CountField>(&field.count);
    if (named == nullptr) return field.is_array ? 0 : 1;
    const Field* const counter = field_named(layout, named->field);
    const FieldArgument* const given = argument(prefix + named->field);
    if (counter == nullptr) return 0;
    const FieldBytes value =
        given != nullptr ? encode_given(*counter, *given) : encode_default(*counter, 1);
    if (value.bytes.size() != counter->size) return 0;
    return as_count(read_value(*counter, value.bytes)).value_or(0);
  }

  const FieldArgument* argument(const std::string& path) const {
    const auto found = arguments_.find(path);
    return found == arguments_.end() ? nullptr : found->second;
  }

  // The first error stays. There are no bytes then.
  FieldBytes fail(const std::string& message) {
    if (error_.empty()) error_ = message;
    return {};
  }

  const LayoutSet& layouts_;
  const Variables& variables_;
  const ArgumentsByPath& arguments_;
  std::string error_;
};

class MessageEncoder {
 public:
  MessageEncoder(const LayoutSet& layouts, const Variables& variables)
      : layouts_(layouts), variables_(variables) {}

  void operator()(const Bytes& bytes) { append(bytes); }
  void operator()(const TextPart& part) {
    const std::string text = fill_placeholders(part.text, variables_);
    if (!text.empty() && part.times > kMaxMessageBytes / text.size()) {
      error = fmt::format("the message has more than {} bytes", kMaxMessageBytes);
      return;
    }
    const std::size_t size = text.size() * part.times;
    std::string repeated = text.substr(0, size);
    while (repeated.size() < size) {
      repeated.append(repeated, 0, std::min(repeated.size(), size - repeated.size()));
    }
    append(as_bytes(repeated));
  }
  void operator()(const VariablePart& part) {
    const auto variable = variables_.find(part.variable);
    if (variable == variables_.end()) {
      error = fmt::format("nothing was remembered as `{}`", part.variable);
    } else {
      append(as_bytes(variable->second));
    }
  }
  void operator()(const LayoutPart& part) {
    const auto arguments = resolve_arguments(part, layouts_);
    if (!arguments) {
      error = arguments.error();
      return;
    }
    LayoutEncoder encoder(layouts_, variables_, *arguments);
    const FieldBytes encoded = encoder.encode(layouts_.at(part.layout), "", 1);
    error = encoder.error();
    const std::size_t begin = message.bytes.size();
    for (const FieldPlace& place : encoded.places) {
      message.fields.push_back({place.field, begin + place.begin, begin + place.end});
    }
    append(encoded.bytes);
  }

  EncodedMessage message;
  std::string error;

 private:
  void append(ByteView bytes) {
    message.bytes.insert(message.bytes.end(), bytes.begin(), bytes.end());
  }

  const LayoutSet& layouts_;
  const Variables& variables_;
};

}  // namespace

Expected<ArgumentsByPath, std::string> resolve_arguments(const LayoutPart& part,
                                                         const LayoutSet& layouts) {
  const auto layout = layouts.find(part.layout);
  if (layout == layouts.end()) {
    return Unexpected<std::string>(fmt::format("the layout `{}` is not known", part.layout));
  }
  ArgumentsByPath arguments;
  for (const FieldArgument& argument : part.arguments) {
    const auto field = find_field(layout->second, layouts, argument.field);
    if (!field) return Unexpected<std::string>(field.error());
    arguments[field->path] = &argument;
  }
  return arguments;
}

Expected<EncodedMessage, std::string> encode_message(const Message& message,
                                                     const LayoutSet& layouts,
                                                     const Variables& variables) {
  MessageEncoder encoder(layouts, variables);
  for (const MessagePart& part : message.parts) {
    std::visit(encoder, part);
    if (encoder.message.bytes.size() > kMaxMessageBytes && encoder.error.empty()) {
      encoder.error = fmt::format("the message has more than {} bytes", kMaxMessageBytes);
    }
    if (!encoder.error.empty()) return Unexpected<std::string>(encoder.error);
  }
  return std::move(encoder.message);
}

}  // namespace wireproof
