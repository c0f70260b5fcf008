#include "expect/payload/layout_decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "expect/field/number_coding.h"
#include "expect/payload/field_codec.h"
#include "expect/payload/references.h"

namespace wireproof {
namespace {

// What a number in the bytes may ask for. More is never there.
constexpr std::uint64_t kMostBytes = std::numeric_limits<std::uint32_t>::max();

// Up to where a field without a length of its own may go.
struct End {
  std::size_t at = 0;
  bool open = true;  // the end of the stream, so far
};

// A layout that is being read.
struct DecodeScope {
  const Layout& layout;
  std::string prefix;  // of its fields' paths
  std::size_t begin = 0;
  End end;
  std::size_t depth = 1;
  std::size_t window = 0;  // where the innermost window around it begins
  const DecodeScope* outer = nullptr;
};

class LayoutDecoder {
 public:
  LayoutDecoder(const DecodeContext& context, ByteView bytes) : context_(context), bytes_(bytes) {}

  DecodedLayout decode(const Layout& layout, std::size_t begin) {
    at_ = begin;
    limit_ = bytes_.size();
    decode_scope({layout, "", begin, {bytes_.size(), true}, 1, begin, nullptr});
    result_.end = at_;
    return std::move(result_);
  }

 private:
  // What ends a field that has no length of its own.
  struct Bound {
    End end;
    std::optional<std::uint64_t> count;
  };

  bool decode_scope(const DecodeScope& scope) {
    for (std::size_t i = 0; i < scope.layout.fields.size(); ++i) {
      const Field* field = &scope.layout.fields[i];
      if (!is_there(*field, scope)) continue;
      while (field->type == FieldType::choice) {
        const Field* const chosen = choose(*field, scope);
        if (chosen == nullptr) return add_unchosen(*field, scope);
        field = chosen;
      }
      if (!decode_member(*field, i, scope)) return false;
    }
    end_bits();
    return true;
  }

  bool is_there(const Field& field, const DecodeScope& scope) {
    if (field.condition && !holds(*field.condition, leaves_in(scope))) return false;
    return std::ranges::all_of(field.conditions, [&](const FieldCondition& condition) {
      const DecodedField* const other = lookup(scope, condition.field);
      return other != nullptr &&
             compares(*other->field, other->bytes(bytes_), condition.comparison, condition.value)
                 .value_or(false);
    });
  }

  // Null: no case fits.
  const Field* choose(const Field& choice, const DecodeScope& scope) {
    if (choice.chooser) {
      const FieldCase* const one = chosen_case(choice, evaluate(*choice.chooser, leaves_in(scope)));
      return one == nullptr ? nullptr : &one->field;
    }
    const DecodedField* const chooser = lookup(scope, choice.chosen_by);
    if (chooser == nullptr) return nullptr;
    const FieldCase* const found = chosen_case(choice, *chooser->field, chooser->bytes(bytes_));
    return found == nullptr ? nullptr : &found->field;
  }

  bool add_unchosen(const Field& choice, const DecodeScope& scope) {
    result_.fields.push_back({&choice, scope.prefix + choice.name, at_, at_, 0, false});
    return fail(DecodeFault::no_case);
  }

  bool decode_member(const Field& field, std::size_t place, const DecodeScope& scope) {
    if (field.bits == 0) {
      end_bits();
      at_ = scope.begin + aligned_offset(at_ - scope.begin, field);
    }
    if (at_ > limit_) return lack(at_);
    const std::size_t index = result_.fields.size();
    if (index >= kMaxElements) return fail(DecodeFault::too_many_elements);
    DecodedField item{&field, scope.prefix + field.name, at_, at_, 1, true};
    const Bound bound = bound_of(scope, place);
    result_.fields.push_back(item);
    result_.index.emplace(item.path, index);
    const bool done = decode_field(item, bound, scope);
    item.complete = done;
    item.end = at_ + (bit_ == 0 ? 0 : 1);
    if (!done && result_.fault == DecodeFault::none) item.end = bytes_.size();
    result_.fields[index] = std::move(item);
    return done;
  }

  bool decode_field(DecodedField& item, const Bound& bound, const DecodeScope& scope) {
    const Field& field = *item.field;
    if (field.bits != 0) return take_bit_field(item);
    if (const auto* const until = std::get_if<CountUntil>(&field.count)) {
      return take_until(item, until->terminator);
    }
    if (const auto* const prefix = std::get_if<CountPrefix>(&field.count)) {
      return take_prefixed(item, *prefix);
    }
    if (const auto* const align = std::get_if<CountAlign>(&field.count)) {
      const std::size_t over = (at_ - scope.begin) % align->size;
      return take(item, (align->size - over) % align->size);
    }
    if (const auto* const fixed = std::get_if<CountFixed>(&field.count)) item.count = fixed->count;
    if (const auto* const named = std::get_if<CountField>(&field.count)) {
      const DecodedField* const counter = lookup(scope, named->field);
      const auto count = number_of(counter);
      const bool is_number =
          counter != nullptr && is_integer(*counter->field) && !counter->field->is_array;
      if (is_number && !count) return fail(DecodeFault::negative_count);
      item.count = count.value_or(0);
    }
    if (const auto* const of = std::get_if<CountOf>(&field.count)) {
      const auto count = computed(of->count, scope);
      if (!count) return false;
      item.count = *count;
    }
    if (field.type == FieldType::layout) return decode_layouts(item, bound, scope);
    if (std::holds_alternative<CountUntilValue>(field.count)) return take_until_value(item);
    if (const auto* const until = std::get_if<CountUntilTrue>(&field.count)) {
      return take_until_true(item, until->ends, scope);
    }
    if (std::holds_alternative<CountRest>(field.count)) return take_rest(item, bound);
    return take(item, item.count);
  }

  // Layouts inside of a layout: one, so many, as many as there are, or up to a certain one.
  bool decode_layouts(DecodedField& item, const Bound& bound, const DecodeScope& scope) {
    const auto nested = context_.layouts.find(item.field->layout);
    if (nested == context_.layouts.end()) return true;
    if (scope.depth >= kMaxLayoutDepth) return fail(DecodeFault::too_deep);
    const FieldCount& count = item.field->count;
    const bool rest = std::holds_alternative<CountRest>(count) && !bound.count;
    const bool until = std::holds_alternative<CountUntilValue>(count) ||
                       std::holds_alternative<CountUntilTrue>(count);
    item.count = rest ? 0 : bound.count.value_or(item.count);
    if (rest) result_.to_end |= bound.end.open;
    for (std::uint64_t i = 0; rest ? at_ < bound.end.at : until || i < item.count; ++i) {
      if (++elements_ > kMaxElements) return fail(DecodeFault::too_many_elements);
      const std::string path =
          item.field->is_array ? fmt::format("{}[{}]", item.path, i) : item.path;
      const std::size_t before = at_;
      const DecodeScope inner{nested->second,  path + ".",   at_,   bound.end,
                              scope.depth + 1, scope.window, &scope};
      if (!decode_element(*item.field, inner)) {
        result_.is_searching |= item.field->is_array;
        return false;
      }
      if (rest || until) item.count = i + 1;
      if (until && meets(path, count, scope)) return true;
      if (rest && at_ == before) return true;  // elements without bytes fill no rest
    }
    return true;
  }

  // In its window, where it has one. Bytes that it leaves over belong to nothing.
  bool decode_element(const Field& field, DecodeScope scope) {
    if (!field.window) return decode_scope(scope);
    const auto size = computed(*field.window, *scope.outer);
    if (!size) return false;
    const std::size_t end = at_ + static_cast<std::size_t>(std::min(*size, kMostBytes));
    if (window_end_ && end > *window_end_) return fail(DecodeFault::out_of_window);
    scope.end = {end, false};
    scope.window = at_;
    const auto outer_end = std::exchange(window_end_, end);
    const std::size_t outer_limit = std::exchange(limit_, std::min(limit_, end));
    const bool done = decode_scope(scope);
    window_end_ = outer_end;
    limit_ = outer_limit;
    if (!done) return false;
    if (end > limit_) return lack(end);
    at_ = end;
    return true;
  }

  // Whether the layout at `path` is the last one.
  bool meets(const std::string& path, const FieldCount& count, const DecodeScope& scope) {
    const auto* const until = std::get_if<CountUntilTrue>(&count);
    if (until != nullptr) return holds(until->ends, leaves_in(scope, path + "."));
    return meets(path, std::get<CountUntilValue>(count));
  }

  // Whether the layout at `path` has a field that meets a condition.
  bool meets(const std::string& path, const CountUntilValue& until) const {
    return std::ranges::any_of(until.conditions, [&](const FieldCondition& condition) {
      const DecodedField* const other = result_.find(path + "." + condition.field);
      return other != nullptr &&
             compares(*other->field, other->bytes(bytes_), condition.comparison, condition.value)
                 .value_or(false);
    });
  }

  bool take(DecodedField& item, std::uint64_t count) {
    if (item.field->coding != NumberCoding::fixed) return take_coded(item, count);
    item.count = count;
    const std::uint64_t size =
        count > kMostBytes / item.field->size ? kMostBytes : count * item.field->size;
    if (size > limit_ - at_) return lack(at_ + size);
    at_ += static_cast<std::size_t>(size);
    return true;
  }

  bool take_coded(DecodedField& item, std::uint64_t count) {
    for (item.count = 0; item.count < count; ++item.count) {
      if (!take_number(*item.field)) return false;
    }
    return true;
  }

  // One number, whatever its coding.
  bool take_number(const Field& number) {
    if (number.coding == NumberCoding::fixed) {
      if (number.size > limit_ - at_) return lack(at_ + number.size);
      at_ += number.size;
      return true;
    }
    const auto read = read_number(bytes_.subspan(at_, limit_ - at_), number.coding);
    if (const auto* const defect = std::get_if<NumberDefect>(&read)) {
      if (*defect == NumberDefect::cut_off) return lack_end();
      return fail(*defect == NumberDefect::too_long ? DecodeFault::too_long_number
                                                    : DecodeFault::not_shortest);
    }
    at_ += std::get<CodedNumber>(read).size;
    return true;
  }

  bool take_bit_field(DecodedField& item) {
    const std::size_t bits = bit_ + item.field->bits;
    const std::size_t end = at_ + (bits + 7) / 8;
    if (end > limit_) return lack(end);
    item.bit = bit_;
    item.bits = take_bits(bytes_.subspan(at_), bit_, item.field->bits);
    at_ += bits / 8;
    bit_ = bits % 8;
    return true;
  }

  bool take_until(DecodedField& item, const Bytes& terminator) {
    const ByteView rest = bytes_.subspan(at_, limit_ - at_);
    const auto found = std::search(rest.begin(), rest.end(), terminator.begin(), terminator.end());
    if (found == rest.end()) return lack_end();
    item.count = static_cast<std::uint64_t>(found - rest.begin());
    at_ += static_cast<std::size_t>(item.count) + terminator.size();
    return true;
  }

  bool take_prefixed(DecodedField& item, const CountPrefix& prefix) {
    const Field number = prefix_field(prefix);
    const std::size_t begin = at_;
    if (!take_number(number)) return false;
    const auto size = as_count(read_value(number, bytes_.subspan(begin, at_ - begin)));
    return take(item, size.value_or(0));
  }

  // Numbers up to and with the first that meets a condition.
  bool take_until_value(DecodedField& item) {
    const auto& until = std::get<CountUntilValue>(item.field->count);
    Field element = *item.field;
    element.is_array = false;
    for (item.count = 1;; ++item.count) {
      const std::size_t begin = at_;
      if (!take_number(element)) {
        result_.is_searching = true;
        return false;
      }
      const ByteView one = bytes_.subspan(begin, at_ - begin);
      const auto meets = [&](const FieldCondition& condition) {
        return compares(element, one, condition.comparison, condition.value).value_or(true);
      };
      if (std::ranges::any_of(until.conditions, meets)) return true;
    }
  }

  // The same, by an expression that calls the number `_`.
  bool take_until_true(DecodedField& item, const Expression& ends, const DecodeScope& scope) {
    for (item.count = 1;; ++item.count) {
      if (item.count > kMaxElements) return fail(DecodeFault::too_many_elements);
      const std::size_t begin = at_;
      if (!take_number(*item.field)) {
        result_.is_searching = true;
        return false;
      }
      Field element = *item.field;
      element.is_array = false;
      const auto value = expression_value(element, bytes_.subspan(begin, at_ - begin));
      const LeafValue outer = leaves_in(scope);
      const bool is_last = holds(ends, [&](const Expression& leaf) {
        const bool is_element = leaf.field.from == FieldReference::From::element;
        return is_element ? value : outer(leaf);
      });
      if (is_last) return true;
    }
  }

  bool take_rest(DecodedField& item, const Bound& bound) {
    // The value that is demanded comes first: waiting for what a wrong length promises helps
    // nobody. A window was promised its bytes before.
    const auto given = window_end_ ? std::nullopt : given_count(item);
    if (given) return take(item, *given);
    if (bound.count) return take(item, *bound.count);
    if (item.field->coding != NumberCoding::fixed) return take_coded_rest(item, bound);
    const std::size_t element = item.field->size;
    if (!bound.end.open) return take(item, (bound.end.at - at_) / element);
    result_.to_end = true;
    item.count = (bound.end.at - at_) / element;
    at_ = bound.end.at;
    return true;
  }

  bool take_coded_rest(DecodedField& item, const Bound& bound) {
    result_.to_end |= bound.end.open;
    for (item.count = 0; at_ < bound.end.at; ++item.count) {
      if (!take_number(*item.field)) return false;
    }
    return true;
  }

  // The elements or bytes of the value that the message demands of a field.
  std::optional<std::uint64_t> given_count(const DecodedField& item) const {
    const auto found = context_.arguments.find(item.path);
    if (found == context_.arguments.end()) return std::nullopt;
    const FieldArgument& argument = *found->second;
    const bool known = argument.kind == FieldArgument::Kind::values ||
                       argument.kind == FieldArgument::Kind::recall;
    if (!known) return std::nullopt;
    const auto values = argument_values(argument, *item.field, context_.variables);
    if (!values) return std::nullopt;
    const auto bytes = encode_values(*item.field, *values);
    if (!bytes) return std::nullopt;
    return is_string(*item.field) ? bytes->size() : values->size();
  }

  Bound bound_of(const DecodeScope& scope, std::size_t place) const {
    const Field& field = scope.layout.fields[place];
    const bool needs =
        is_open_ended(field) || field.type == FieldType::layout || field.type == FieldType::choice;
    if (!needs) return {};
    Bound bound{inner_end(scope, place), std::nullopt};
    for (const Field& other : scope.layout.fields) {
      const auto* const count = std::get_if<ValueCountOf>(&other.rule);
      const auto* const size = std::get_if<ValueSizeOf>(&other.rule);
      const bool counts = count != nullptr && count->field == field.name && is_open_ended(field);
      if (counts) bound.count = own_number(scope, other.name);
      const auto end = size == nullptr ? std::nullopt : end_by_size(scope, place, other, *size);
      if (end) bound.end = {*end, false};
    }
    return bound;
  }

  // What the layout may take, without the fields of a fixed size that follow.
  End inner_end(const DecodeScope& scope, std::size_t place) const {
    const std::size_t last = scope.layout.fields.size() - 1;
    const std::size_t behind = size_behind(scope.layout, context_.layouts, place, last).value_or(0);
    const std::size_t end = scope.end.at - std::min(scope.end.at, behind);
    return {std::max(end, at_), scope.end.open};
  }

  // Where the field at `place` ends by a size that was read of a range that it is in.
  std::optional<std::size_t> end_by_size(const DecodeScope& scope, std::size_t place,
                                         const Field& counter, const ValueSizeOf& rule) const {
    const auto stretch = find_stretch(scope.layout, {rule.field, rule.last});
    if (!stretch || place < stretch->first || place > stretch->last) return std::nullopt;
    const auto behind = size_behind(scope.layout, context_.layouts, place, stretch->last);
    const auto number = behind ? own_number(scope, counter.name) : std::nullopt;
    if (!number) return std::nullopt;
    const auto plus = static_cast<std::uint64_t>(std::max<std::int64_t>(rule.plus, 0));
    const auto minus = static_cast<std::uint64_t>(std::max<std::int64_t>(-rule.plus, 0));
    const std::uint64_t units = std::min(*number, kMostBytes / rule.unit);
    const std::uint64_t size = std::min(units * rule.unit + minus, kMostBytes);
    const std::uint64_t end = range_begin(scope, *stretch) + size;
    const std::uint64_t less = plus + *behind;
    return std::max<std::uint64_t>(at_, end - std::min(end, less));
  }

  std::size_t range_begin(const DecodeScope& scope, const FieldStretch& stretch) const {
    if (stretch.first == 0) return scope.begin;
    for (std::size_t i = stretch.first; i <= stretch.last; ++i) {
      const auto* const first = result_.find(scope.prefix + scope.layout.fields[i].name);
      if (first != nullptr) return first->begin;
    }
    return at_;
  }

  // A number of bytes or elements; nothing where there is none, which is a fault then.
  std::optional<std::uint64_t> computed(const Expression& expression, const DecodeScope& scope) {
    const auto number = evaluate_number(expression, leaves_in(scope));
    if (number && *number >= 0) {
      return static_cast<std::uint64_t>(std::min(*number, WideNumber{kMostBytes}));
    }
    fail(number ? DecodeFault::negative_count : DecodeFault::no_number);
    return std::nullopt;
  }

  // What expressions see that stand in a layout; `element` goes before the names of fields of the
  // last element.
  LeafValue leaves_in(const DecodeScope& scope, const std::string& element = "") {
    return [this, &scope, element](const Expression& leaf) -> std::optional<ExpressionValue> {
      const DecodeScope* const holder = find_scope(leaf.field, &scope);
      if (holder == nullptr) return std::nullopt;
      if (leaf.kind == Operator::at_end) return is_at_end(*holder);
      if (leaf.kind == Operator::position) return WideNumber{at_ - holder->window};
      const bool is_element = leaf.field.from == FieldReference::From::element;
      const DecodedField* const item =
          result_.find((is_element ? element : holder->prefix) + leaf.field.path);
      if (item == nullptr || !item->complete) return std::nullopt;
      if (leaf.kind == Operator::count_of) return WideNumber{item->count};
      const ByteView bytes = item->bytes(bytes_);
      if (leaf.kind == Operator::first_bytes) return number_inside(leaf, bytes);
      if (leaf.kind == Operator::field) return expression_value(*item->field, bytes);
      return WideNumber{bare_value(*item->field, bytes).size()};
    };
  }

  WideNumber is_at_end(const DecodeScope& scope) {
    if (at_ < scope.end.at) return 0;
    result_.to_end |= scope.end.open;
    return 1;
  }

  const DecodedField* lookup(const DecodeScope& scope, std::string_view name) const {
    const auto found = find_in_scopes(result_.index, scope.prefix, name);
    return found == result_.index.end() ? nullptr : &result_.fields[found->second];
  }

  std::optional<std::uint64_t> number_of(const DecodedField* item) const {
    const bool is_number =
        item != nullptr && item->complete && is_integer(*item->field) && !item->field->is_array;
    if (!is_number) return std::nullopt;
    return as_count(read_value(*item->field, item->bytes(bytes_)));
  }
  std::optional<std::uint64_t> own_number(const DecodeScope& scope, const std::string& name) const {
    return number_of(result_.find(scope.prefix + name));
  }

  // Whole bytes follow.
  void end_bits() {
    if (bit_ != 0) ++at_;
    bit_ = 0;
  }
  bool lack(std::uint64_t need) {
    if (window_end_ && need > *window_end_) return fail(DecodeFault::out_of_window);
    result_.complete = false;
    result_.need = static_cast<std::size_t>(need);
    return false;
  }
  bool lack_end() {
    if (window_end_ && limit_ == *window_end_) return fail(DecodeFault::out_of_window);
    result_.is_searching = true;
    return lack(bytes_.size() + 1);
  }
  bool fail(DecodeFault fault) {
    result_.complete = false;
    result_.fault = fault;
    return false;
  }

  const DecodeContext& context_;
  const ByteView bytes_;
  std::size_t at_ = 0;
  std::size_t limit_ = 0;  // of the bytes that are there, where the innermost window ends
  std::optional<std::size_t> window_end_;
  std::size_t bit_ = 0;       // bits of the byte at `at_` that were taken
  std::size_t elements_ = 0;  // nested layouts so far
  DecodedLayout result_;
};

}  // namespace

DecodedLayout decode_layout(const Layout& layout, const DecodeContext& context, ByteView bytes,
                            std::size_t begin) {
  return LayoutDecoder(context, bytes).decode(layout, begin);
}

}  // namespace wireproof
