#include "expect/payload/layout_encode.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "base/text/words.h"
#include "expect/payload/derived_value.h"
#include "expect/payload/field_codec.h"
#include "expect/payload/references.h"

namespace wireproof {
namespace {

// Sizes and checksums may hold each other; so often they are computed until they stay.
constexpr std::size_t kMaxPasses = 8;

// Of a text that a condition may compare.
constexpr std::size_t kMaxKnownBytes = 1 << 16;

// A field's bytes, before it is known where they will stand.
struct FieldBytes {
  const Field* field = nullptr;    // of a choice, that of the case; null: the field is not there
  Bytes bytes;                     // of a bit field: its value, see write_value
  std::uint64_t count = 1;         // elements
  std::vector<FieldPlace> places;  // of what is nested in it, from its first byte
};

// A layout whose fields are being encoded.
struct EncodeScope {
  const Layout& layout;
  std::string prefix;  // of its fields' paths
  std::size_t depth = 1;
};

// A layout's bytes with the place of each of its fields.
struct Assembly {
  FieldBytes whole;
  std::vector<ByteStretch> stretches;  // of the fields
};

class LayoutEncoder {
 public:
  LayoutEncoder(const LayoutSet& layouts, const Variables& variables,
                const ArgumentsByPath& arguments)
      : layouts_(layouts), variables_(variables), arguments_(arguments) {}

  // Check error() afterwards: what was encoded up to there is returned.
  FieldBytes encode(const EncodeScope& scope) {
    std::vector<FieldBytes> fields;
    std::size_t size = 0;
    for (const Field& field : scope.layout.fields) {
      count_one(field_count_);
      fields.push_back(encode_member(field, scope));
      size += fields.back().bytes.size();
      if (size > kMaxMessageBytes) fail_size();
      if (!error_.empty()) return {};
      know(scope, fields.back());
    }
    Assembly assembly = assemble(scope, fields);
    for (std::size_t pass = 0; error_.empty() && derive(scope, assembly, fields); ++pass) {
      if (pass == kMaxPasses) {
        return fail(fmt::format("the sizes and checksums of `{}` contradict each other",
                                scope.layout.name));
      }
      assembly = assemble(scope, fields);
    }
    for (const FieldBytes& one : fields) settle(scope, one);
    return std::move(assembly.whole);
  }

  // Arguments of fields that turned out not to be there.
  void check_all_used() {
    for (const auto& [path, argument] : arguments_) {
      if (!used_.contains(path)) fail(absence(path));
    }
  }

  const std::string& error() const { return error_; }

 private:
  FieldBytes encode_member(const Field& declared, const EncodeScope& scope) {
    const std::string path = scope.prefix + declared.name;
    if (!is_there(declared, path, scope)) return {};
    const Field* field = &declared;
    while (field->type == FieldType::choice) {
      field = choose(*field, scope);
      if (field == nullptr) {
        return fail(
            fmt::format("`{}` has no case for this value of `{}`", path, declared.chosen_by));
      }
    }
    FieldBytes encoded = encode_field(*field, path, scope);
    encoded.field = field;
    check_outer_count(encoded, path, scope);
    return encoded;
  }

  // A counter of the same layout is computed; one that stands elsewhere must be given, or right.
  void check_outer_count(const FieldBytes& encoded, const std::string& path,
                         const EncodeScope& scope) {
    const auto* const named = std::get_if<CountField>(&encoded.field->count);
    if (named == nullptr || field_named(scope.layout, named->field) != nullptr) return;
    const auto counter = find_in_scopes(known_, scope.prefix, named->field);
    if (counter == known_.end() || arguments_.contains(counter->first)) return;
    const auto number = as_count(read_value(*counter->second.field, counter->second.bytes));
    if (number == encoded.count) return;
    fail(fmt::format("`{}` must be given: `{}` has {}", counter->first, path,
                     counted(encoded.count, "element")));
  }

  // Keeps what a condition, a choice or a count may ask for.
  void know(const EncodeScope& scope, const FieldBytes& one) {
    const bool is_value = one.field != nullptr && one.field->type != FieldType::layout &&
                          !one.field->is_array && one.bytes.size() <= kMaxKnownBytes;
    if (!is_value) return;
    const std::string path = scope.prefix + one.field->name;
    const bool is_later = is_derived(*one.field, scope.layout) && !arguments_.contains(path);
    known_[path] = {one.field, one.bytes, is_later};
  }

  // What was computed is known from here on, to the layout around this one.
  void settle(const EncodeScope& scope, const FieldBytes& one) {
    if (one.field == nullptr) return;
    const auto known = known_.find(scope.prefix + one.field->name);
    if (known == known_.end() || !known->second.is_later) return;
    known->second.bytes = one.bytes;
    known->second.is_later = false;
  }

  // Of each as many as decoding takes.
  void count_one(std::size_t& count) {
    if (++count > kMaxElements) {
      fail(fmt::format("the message has more than {} fields or elements", kMaxElements));
    }
  }

  void fail_size() { fail(fmt::format("the message has more than {} bytes", kMaxMessageBytes)); }

  // A condition on what is computed only later holds where the message gives the field.
  bool is_there(const Field& field, const std::string& path, const EncodeScope& scope) const {
    return std::ranges::all_of(field.conditions, [&](const FieldCondition& condition) {
      const auto other = find_in_scopes(known_, scope.prefix, condition.field);
      if (other == known_.end()) return false;
      const KnownField& known = other->second;
      if (known.is_later) return is_given(path);
      return compares(*known.field, known.bytes, condition.comparison, condition.value)
          .value_or(false);
    });
  }

  const Field* choose(const Field& choice, const EncodeScope& scope) const {
    const auto chooser = find_in_scopes(known_, scope.prefix, choice.chosen_by);
    if (chooser == known_.end()) return nullptr;
    const FieldCase* const found =
        chosen_case(choice, *chooser->second.field, chooser->second.bytes);
    return found == nullptr ? nullptr : &found->field;
  }

  FieldBytes encode_field(const Field& field, const std::string& path, const EncodeScope& scope) {
    if (const FieldArgument* const given = argument(path)) return encode_given(field, *given);
    const std::uint64_t count = default_count(field, path, scope);
    const std::uint64_t most = field.type == FieldType::layout
                                   ? kMaxElements
                                   : kMaxMessageBytes / std::max<std::size_t>(field.size, 1);
    if (count > most) {
      return fail(fmt::format("`{}` has {} elements, which is too many", path, count));
    }
    if (field.type != FieldType::layout) return encode_default(field, count);
    if (!field.is_array) return encode_nested(field, path, scope);
    FieldBytes all;
    all.count = count;
    for (std::uint64_t i = 0; i < count && error_.empty(); ++i) {
      const FieldBytes one = encode_nested(field, fmt::format("{}[{}]", path, i), scope);
      all.bytes.insert(all.bytes.end(), one.bytes.begin(), one.bytes.end());
      if (all.bytes.size() > kMaxMessageBytes) fail(fmt::format("`{}` is too long", path));
    }
    return all;
  }

  FieldBytes encode_nested(const Field& field, const std::string& path, const EncodeScope& scope) {
    const auto nested = layouts_.find(field.layout);
    if (nested == layouts_.end()) {
      return fail(fmt::format("the layout `{}` is not known", field.layout));
    }
    if (scope.depth >= kMaxLayoutDepth) {
      return fail(fmt::format("`{}` is nested more than {} deep", path, kMaxLayoutDepth));
    }
    count_one(element_count_);
    if (!error_.empty()) return {};
    return encode({nested->second, path + ".", scope.depth + 1});
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
    const auto* const fixed = std::get_if<CountFixed>(&field.count);
    result.count = is_string(field) ? values->front().size() : values->size();
    if (fixed != nullptr) result.count = fixed->count;  // with what it is padded with
    result.bytes = std::move(*bytes);
    return result;
  }

  // What nobody gave: the rule's first value, the least of its range, else zeros or nothing.
  FieldBytes encode_default(const Field& field, std::uint64_t count) {
    if (is_string(field)) return encode_default_string(field, count);
    FieldValue value = std::uint64_t{0};
    if (field.type == FieldType::signed_integer) value = std::int64_t{0};
    if (field.type == FieldType::floating) value = 0.0;
    if (const auto* const choice = std::get_if<ValueOneOf>(&field.rule)) {
      value = choice->values.front();
    } else if (const auto* const range = std::get_if<ValueRange>(&field.rule)) {
      value = range->least;
    } else if (!field.names.empty() && !field.other_values) {
      value = field.names.front().value;
    }
    FieldBytes result;
    result.count = count;
    ByteWriter writer;
    for (std::uint64_t i = 0; i < count; ++i) write_value(value, field, writer);
    result.bytes = writer.take();
    return result;
  }

  FieldBytes encode_default_string(const Field& field, std::uint64_t count) {
    Bytes value;
    if (const auto* const choice = std::get_if<ValueOneOf>(&field.rule)) {
      value = std::get<Bytes>(choice->values.front());
    }
    const bool sized = std::holds_alternative<CountFixed>(field.count) ||
                       (std::holds_alternative<CountField>(field.count) && value.empty());
    if (sized) {
      value.resize(std::max<std::size_t>(value.size(), count), field.padding.value_or(0));
    }
    FieldBytes result;
    result.count = value.size();
    auto bytes = encode_string(field, value);
    if (!bytes) return fail(bytes.error());
    result.bytes = std::move(*bytes);
    return result;
  }

  // The fields one behind the other, the bits of bit fields in shared bytes.
  Assembly assemble(const EncodeScope& scope, const std::vector<FieldBytes>& fields) {
    Assembly made;
    Bytes& bytes = made.whole.bytes;
    std::size_t bit = 0;  // bits of the last byte that are taken
    for (const FieldBytes& one : fields) {
      if (one.field == nullptr) {
        made.stretches.push_back({bytes.size(), bytes.size()});
        continue;
      }
      const std::size_t shared = bit == 0 ? 0 : 1;
      if (one.field->bits == 0) bit = 0;
      std::size_t begin = bytes.size();
      if (one.field->bits != 0) {
        begin -= shared;
        bytes.resize(begin + (bit + one.field->bits + 7) / 8, 0);
        put_bits(one.bytes, one.field->bits, begin * 8 + bit, bytes);
        bit = (bit + one.field->bits) % 8;
      } else {
        begin = aligned_offset(begin, *one.field);
        if (begin + one.bytes.size() > kMaxMessageBytes) {
          fail_size();
          return made;
        }
        bytes.resize(begin, 0);
        bytes.insert(bytes.end(), one.bytes.begin(), one.bytes.end());
        const auto* const align = std::get_if<CountAlign>(&one.field->count);
        if (align != nullptr && one.bytes.empty()) {
          bytes.resize((begin + align->size - 1) / align->size * align->size, 0);
        }
      }
      made.stretches.push_back({begin, bytes.size()});
      made.whole.places.push_back({scope.prefix + one.field->name, begin, bytes.size()});
      for (const FieldPlace& place : one.places) {
        made.whole.places.push_back({place.field, begin + place.begin, begin + place.end});
      }
    }
    return made;
  }

  // Whether a size, a count or a checksum became another.
  bool derive(const EncodeScope& scope, const Assembly& assembly, std::vector<FieldBytes>& fields) {
    bool changed = false;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Field* const field = fields[i].field;
      const bool is_free = field != nullptr && is_integer(*field) && !field->is_array &&
                           !arguments_.contains(scope.prefix + field->name);
      const auto value = is_free ? derived_value(scope, assembly, fields, i) : std::nullopt;
      if (!value) continue;
      auto bytes = encode_values(*field, {std::to_string(*value)});
      if (!bytes) {
        fail(bytes.error());
        return false;
      }
      if (*bytes == fields[i].bytes) continue;
      fields[i].bytes = std::move(*bytes);
      changed = true;
    }
    return changed;
  }

  // Sizes, counts and checksums of other fields, and counters that nobody gave.
  std::optional<std::uint64_t> derived_value(const EncodeScope& scope, const Assembly& assembly,
                                             const std::vector<FieldBytes>& fields,
                                             std::size_t index) {
    const Field& field = *fields[index].field;
    if (const auto* const rule = std::get_if<ValueSizeOf>(&field.rule)) {
      const auto stretch = find_stretch(scope.layout, {rule->field, rule->last});
      if (!stretch) return std::nullopt;
      const std::size_t size =
          assembly.stretches[stretch->last].end - assembly.stretches[stretch->first].begin;
      const auto value = size_value(*rule, size);
      if (!value)
        fail(fmt::format("{} of `{}` is no {}", counted(size, "byte"), field.name,
                         render_field_rule(field)));
      return value;
    }
    if (const auto* const rule = std::get_if<ValueChecksum>(&field.rule)) {
      const auto stretch = find_stretch(scope.layout, rule->range);
      if (!stretch) return std::nullopt;
      const ByteStretch range{assembly.stretches[stretch->first].begin,
                              assembly.stretches[stretch->last].end};
      return checksum_value(rule->checksum, assembly.whole.bytes, range, assembly.stretches[index]);
    }
    return derived_count(scope, fields, field);
  }

  static std::optional<std::uint64_t> derived_count(const EncodeScope& scope,
                                                    const std::vector<FieldBytes>& fields,
                                                    const Field& field) {
    const auto* const count = std::get_if<ValueCountOf>(&field.rule);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Field* const other = fields[i].field;
      const std::string& name = scope.layout.fields[i].name;
      if (count != nullptr && name == count->field) return other == nullptr ? 0 : fields[i].count;
      const auto* const by = other == nullptr ? nullptr : std::get_if<CountField>(&other->count);
      const bool counts = by != nullptr && by->field == field.name;
      if (counts && std::holds_alternative<ValueAny>(field.rule)) return fields[i].count;
    }
    return std::nullopt;
  }

  // How many elements a field has when none were given.
  std::uint64_t default_count(const Field& field, const std::string& path,
                              const EncodeScope& scope) {
    if (const auto* const fixed = std::get_if<CountFixed>(&field.count)) return fixed->count;
    const std::uint64_t given = elements_given(path);
    const auto* const named = std::get_if<CountField>(&field.count);
    if (named == nullptr) return field.is_array ? given : 1;
    const auto counter = find_in_scopes(known_, scope.prefix, named->field);
    if (counter == known_.end() || !is_integer(*counter->second.field)) return given;
    const bool is_given = arguments_.contains(counter->first);
    const auto number = as_count(read_value(*counter->second.field, counter->second.bytes));
    return is_given ? number.value_or(0) : std::max(given, number.value_or(0));
  }

  // One more than the greatest index that the arguments name.
  std::uint64_t elements_given(const std::string& path) const {
    std::uint64_t count = 0;
    const std::string begin = path + "[";
    for (auto one = arguments_.lower_bound(begin);
         one != arguments_.end() && one->first.starts_with(begin); ++one) {
      const std::string_view rest = std::string_view(one->first).substr(begin.size());
      const auto index = parse_number<std::uint64_t>(rest.substr(0, rest.find(']')));
      count = std::max(count, std::min<std::uint64_t>(index.value_or(0), kMaxElements) + 1);
    }
    return count;
  }

  // Whether there is an argument for the field or for one inside of it.
  bool is_given(const std::string& path) const {
    const auto begins = [&](const std::string& begin) {
      const auto found = arguments_.lower_bound(begin);
      return found != arguments_.end() && found->first.starts_with(begin);
    };
    return arguments_.contains(path) || begins(path + ".") || begins(path + "[");
  }

  std::string absence(const std::string& path) const {
    return fmt::format("`{}` is not in this message: what it depends on has another value", path);
  }

  const FieldArgument* argument(const std::string& path) {
    const auto found = arguments_.find(path);
    if (found == arguments_.end()) return nullptr;
    used_.insert(path);
    return found->second;
  }

  // The first error stays. There are no bytes then.
  FieldBytes fail(const std::string& message) {
    if (error_.empty()) error_ = message;
    return {};
  }

  struct KnownField {
    const Field* field = nullptr;
    Bytes bytes;
    bool is_later = false;  // computed when all fields are there
  };

  const LayoutSet& layouts_;
  const Variables& variables_;
  const ArgumentsByPath& arguments_;
  std::unordered_map<std::string, KnownField> known_;  // by path: what conditions may ask for
  std::set<std::string, std::less<>> used_;            // arguments
  std::size_t field_count_ = 0;
  std::size_t element_count_ = 0;  // that are layouts
  std::string error_;
};

}  // namespace

Expected<EncodedMessage, std::string> encode_layout(const Layout& layout, const LayoutSet& layouts,
                                                    const Variables& variables,
                                                    const ArgumentsByPath& arguments) {
  LayoutEncoder encoder(layouts, variables, arguments);
  FieldBytes encoded = encoder.encode({layout, "", 1});
  if (encoder.error().empty()) encoder.check_all_used();
  if (!encoder.error().empty()) return Unexpected<std::string>(encoder.error());
  return EncodedMessage{std::move(encoded.bytes), std::move(encoded.places)};
}

}  // namespace wireproof
