#include "expect/payload/layout_encode.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text/words.h"
#include "expect/payload/count_settler.h"
#include "expect/payload/derived_value.h"
#include "expect/payload/field_codec.h"
#include "expect/payload/known_fields.h"

namespace wireproof {
namespace {

// Sizes and checksums may hold each other; so often they are computed until they stay.
constexpr std::size_t kMaxPasses = 8;

// A layout's bytes with the place of each of its fields.
struct Assembly {
  FieldBytes whole;
  std::vector<ByteStretch> stretches;  // of the fields
};

class LayoutEncoder {
 public:
  LayoutEncoder(const LayoutSet& layouts, const Variables& variables,
                const ArgumentsByPath& arguments, SolvedNumbers& solved)
      : layouts_(layouts),
        variables_(variables),
        arguments_(arguments),
        solved_(solved),
        known_(arguments, solved),
        settler_(known_, arguments, solved) {}

  // Check error() afterwards: what was encoded up to there is returned.
  FieldBytes encode(EncodeScope scope) {
    std::vector<FieldBytes> fields;
    std::size_t size = 0;
    std::size_t bits = 0;  // from where the layout begins
    for (const Field& field : scope.layout.fields) {
      count_one(field_count_);
      if (field.bits == 0) bits = aligned_offset((bits + 7) / 8, field) * 8;
      scope.at = scope.begin + bits / 8;
      fields.push_back(encode_member(field, scope));
      size += fields.back().bytes.size();
      if (size > kMaxMessageBytes) fail_size();
      if (!error_.empty()) return {};
      bits += fields.back().field == nullptr ? 0
              : field.bits != 0              ? field.bits
                                             : fields.back().bytes.size() * 8;
      known_.know(scope, fields.back());
    }
    Assembly assembly = assemble(scope, fields);
    for (std::size_t pass = 0; error_.empty() && derive(scope, assembly, fields); ++pass) {
      if (pass == kMaxPasses) {
        return fail(fmt::format("the sizes and checksums of `{}` contradict each other",
                                scope.layout.name));
      }
      assembly = assemble(scope, fields);
    }
    for (const FieldBytes& one : fields) known_.settle(scope, one);
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
    if (!known_.is_there(declared, path, scope)) return {};
    const Field* field = &declared;
    while (field->type == FieldType::choice) {
      field = known_.choose(*field, scope);
      if (field == nullptr) {
        return fail(
            fmt::format("`{}` has no case for this value of `{}`", path, declared.chosen_by));
      }
    }
    FieldBytes encoded = encode_field(*field, path, scope);
    encoded.field = field;
    if (error_.empty()) check_outer_count(encoded, path, scope);
    const auto* const of = std::get_if<CountOf>(&field->count);
    if (of != nullptr && error_.empty()) {
      settler_.settle(of->count, encoded.count, path, scope);
      take_error();
    }
    return encoded;
  }

  // A counter of the same layout is computed; one that stands elsewhere must be given, or right.
  void check_outer_count(const FieldBytes& encoded, const std::string& path,
                         const EncodeScope& scope) {
    const auto* const named = std::get_if<CountField>(&encoded.field->count);
    if (named == nullptr || field_named(scope.layout, named->field) != nullptr) return;
    const auto* const counter = known_.find(scope, named->field);
    if (counter == nullptr || arguments_.contains(counter->first)) return;
    const auto number = as_count(read_value(*counter->second.field, counter->second.bytes));
    if (number == encoded.count) return;
    fail(fmt::format("`{}` must be given: `{}` has {}", counter->first, path,
                     counted(encoded.count, "element")));
  }

  // Of each as many as decoding takes.
  void count_one(std::size_t& count) {
    if (++count > kMaxElements) {
      fail(fmt::format("the message has more than {} fields or elements", kMaxElements));
    }
  }

  void fail_size() { fail(fmt::format("the message has more than {} bytes", kMaxMessageBytes)); }

  FieldBytes encode_field(const Field& field, const std::string& path, const EncodeScope& scope) {
    if (const FieldArgument* const given = argument(path)) {
      FieldBytes encoded = encode_given(field, *given);
      if (!error_.empty()) return {};
      settler_.pad(field, path, scope, encoded);
      if (field.is_array) settler_.check_numbers(field, path, scope, encoded);
      take_error();
      return encoded;
    }
    if (const auto number = solved_.find(path)) {
      FieldBytes solved;
      solved.bytes = encode_values(field, {render_number(*number)}).value_or(Bytes());
      return solved;
    }
    const std::uint64_t count = default_count(field, path, scope);
    const std::uint64_t most = field.type == FieldType::layout
                                   ? kMaxElements
                                   : kMaxMessageBytes / std::max<std::size_t>(field.size, 1);
    if (count > most) {
      return fail(fmt::format("`{}` has {} elements, which is too many", path, count));
    }
    if (!error_.empty()) return {};
    if (field.type != FieldType::layout) return encode_default(field, count);
    if (!field.is_array) return encode_nested(field, path, scope, scope.at);
    FieldBytes all;
    all.count = count;
    for (std::uint64_t i = 0; i < count && error_.empty(); ++i) {
      const std::string element = fmt::format("{}[{}]", path, i);
      const FieldBytes one = encode_nested(field, element, scope, scope.at + all.bytes.size());
      if (error_.empty()) settler_.check_end(field, element, i + 1 == count, scope);
      take_error();
      all.bytes.insert(all.bytes.end(), one.bytes.begin(), one.bytes.end());
      if (all.bytes.size() > kMaxMessageBytes) fail(fmt::format("`{}` is too long", path));
    }
    return all;
  }

  FieldBytes encode_nested(const Field& field, const std::string& path, const EncodeScope& scope,
                           std::size_t begin) {
    const auto nested = layouts_.find(field.layout);
    if (nested == layouts_.end()) {
      return fail(fmt::format("the layout `{}` is not known", field.layout));
    }
    if (scope.depth >= kMaxLayoutDepth) {
      return fail(fmt::format("`{}` is nested more than {} deep", path, kMaxLayoutDepth));
    }
    count_one(element_count_);
    if (!error_.empty()) return {};
    const std::size_t inner = field.window ? 0 : begin;
    FieldBytes made = encode({nested->second, path + ".", scope.depth + 1, inner, &scope, inner});
    if (error_.empty()) settler_.fill_window(field, path, scope, made);
    take_error();
    return made;
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
                       std::holds_alternative<CountOf>(field.count) ||
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
    if (const auto* const of = std::get_if<CountOf>(&field.count)) {
      const std::uint64_t count = settler_.default_count(of->count, path, scope);
      take_error();
      return count;
    }
    const std::uint64_t given = known_.elements_given(path);
    if (std::holds_alternative<CountUntilTrue>(field.count))
      return std::max<std::uint64_t>(given, 1);
    const auto* const named = std::get_if<CountField>(&field.count);
    if (named == nullptr) return field.is_array ? given : 1;
    const auto* const counter = known_.find(scope, named->field);
    if (counter == nullptr || !is_integer(*counter->second.field)) return given;
    const bool is_given = arguments_.contains(counter->first);
    const auto number = as_count(read_value(*counter->second.field, counter->second.bytes));
    return is_given ? number.value_or(0) : std::max(given, number.value_or(0));
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

  void take_error() {
    if (!settler_.error().empty()) fail(settler_.error());
  }

  // The first error stays. There are no bytes then.
  FieldBytes fail(const std::string& message) {
    if (error_.empty()) error_ = message;
    return {};
  }

  const LayoutSet& layouts_;
  const Variables& variables_;
  const ArgumentsByPath& arguments_;
  SolvedNumbers& solved_;
  KnownFields known_;
  CountSettler settler_;
  std::set<std::string, std::less<>> used_;  // arguments
  std::size_t field_count_ = 0;
  std::size_t element_count_ = 0;  // that are layouts
  std::string error_;
};

}  // namespace

Expected<EncodedMessage, std::string> encode_layout(const Layout& layout, const LayoutSet& layouts,
                                                    const Variables& variables,
                                                    const ArgumentsByPath& arguments) {
  SolvedNumbers solved(layouts);
  FieldBytes encoded;
  while (solved.begin_pass()) {
    LayoutEncoder encoder(layouts, variables, arguments, solved);
    encoded = encoder.encode({layout, "", 1, 0, nullptr, 0});
    if (solved.is_changed() && solved.passes() < kMaxPasses) continue;
    if (encoder.error().empty()) encoder.check_all_used();
    if (encoder.error().empty() && solved.is_changed()) {
      return Unexpected<std::string>(
          fmt::format("the sizes of `{}` contradict each other", layout.name));
    }
    if (!encoder.error().empty()) return Unexpected<std::string>(encoder.error());
  }
  return EncodedMessage{std::move(encoded.bytes), std::move(encoded.places)};
}

}  // namespace wireproof
