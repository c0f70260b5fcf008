#include "expect/layout/layout.h"

#include <algorithm>

namespace wireproof {
namespace {

constexpr std::size_t kByteBits = 8;
constexpr std::size_t kMostBits = std::size_t{1} << 43;  // of a field: no message has so many

constexpr std::size_t whole_bytes(std::size_t bits) {
  return (bits + kByteBits - 1) / kByteBits;
}

// Sizes of fields and layouts. Each layout is measured once, however many ways lead to it.
class LayoutMeasure {
 public:
  explicit LayoutMeasure(const LayoutSet& layouts) : layouts_(layouts) {}

  // Bits. Nothing that may be absent, several things or of any size is looked into.
  std::optional<std::size_t> field_bits(const Field& field) {
    const bool varies = field.type == FieldType::choice || is_conditional(field) || field.window ||
                        field.coding != NumberCoding::fixed;
    if (varies) return std::nullopt;
    std::size_t count = 1;
    if (const auto* const fixed = std::get_if<CountFixed>(&field.count)) {
      count = fixed->count;
    } else if (!std::holds_alternative<CountOne>(field.count)) {
      return std::nullopt;
    }
    if (field.bits != 0) return field.bits;
    std::optional<std::size_t> element = field.size;
    if (field.type == FieldType::layout) {
      const auto nested = layouts_.find(field.layout);
      if (nested == layouts_.end()) return std::nullopt;
      element = size(nested->second);
    }
    if (!element) return std::nullopt;
    const std::size_t bits = *element * kByteBits;
    if (bits != 0 && count > kMostBits / bits) return std::nullopt;
    return count * bits;
  }

  std::vector<FieldSpace> fields(const Layout& layout) {
    std::vector<FieldSpace> spaces;
    std::optional<std::size_t> at = 0;
    for (const Field& field : layout.fields) {
      FieldSpace space;
      if (at && field.bits == 0) at = aligned_offset(whole_bytes(*at), field) * kByteBits;
      space.begin = at;
      space.size = field_bits(field);
      const auto* const align = std::get_if<CountAlign>(&field.count);
      if (align != nullptr && at && !is_conditional(field)) {
        const std::size_t unit = align->size * kByteBits;
        space.size = (unit - *at % unit) % unit;
      }
      at = at && space.size ? std::optional(*at + *space.size) : std::nullopt;
      spaces.push_back(space);
    }
    return spaces;
  }

  // Bytes. A layout that holds itself has none, nor has one that lies too deep.
  std::optional<std::size_t> size(const Layout& layout) {
    if (layout.fields.empty()) return 0;
    const auto [known, is_new] = sizes_.emplace(&layout, std::nullopt);
    if (!is_new || depth_ >= kMaxLayoutDepth) return known->second;
    ++depth_;
    const FieldSpace last = fields(layout).back();
    --depth_;
    if (last.begin && last.size) known->second = whole_bytes(*last.begin + *last.size);
    return known->second;
  }

 private:
  const LayoutSet& layouts_;
  std::map<const Layout*, std::optional<std::size_t>> sizes_;  // none yet: it is being measured
  std::size_t depth_ = 0;
};

}  // namespace

bool Field::operator==(const Field& other) const = default;

std::optional<std::size_t> field_size(const Field& field, const LayoutSet& layouts) {
  const auto bits = LayoutMeasure(layouts).field_bits(field);
  if (!bits || field.bits != 0) return std::nullopt;
  return *bits / kByteBits;
}

std::vector<FieldSpace> measure_fields(const Layout& layout, const LayoutSet& layouts) {
  return LayoutMeasure(layouts).fields(layout);
}

std::optional<std::size_t> layout_size(const Layout& layout, const LayoutSet& layouts) {
  return LayoutMeasure(layouts).size(layout);
}

std::optional<std::size_t> size_behind(const Layout& layout, const LayoutSet& layouts,
                                       std::size_t index, std::size_t last) {
  LayoutMeasure measure(layouts);
  std::size_t bits = 0;
  for (std::size_t i = index + 1; i <= last && i < layout.fields.size(); ++i) {
    const Field& field = layout.fields[i];
    const auto own = field.align > 1 ? std::nullopt : measure.field_bits(field);
    if (!own) return std::nullopt;
    if (field.bits == 0) bits = whole_bytes(bits) * kByteBits;
    bits += *own;
  }
  return whole_bytes(bits);
}

std::size_t aligned_offset(std::size_t offset, const Field& field) {
  return (offset + field.align - 1) / field.align * field.align;
}

bool is_integer(const Field& field) {
  return field.type == FieldType::unsigned_integer || field.type == FieldType::signed_integer;
}

bool is_string(const Field& field) {
  return field.type == FieldType::bytes || field.type == FieldType::text;
}

bool has_fixed_bytes(const Field& field) {
  return (is_integer(field) || field.type == FieldType::floating) && field.bits == 0 &&
         field.coding == NumberCoding::fixed;
}

bool is_conditional(const Field& field) {
  return !field.conditions.empty() || field.condition.has_value();
}

bool is_open_ended(const Field& field) {
  if (field.type != FieldType::choice) return std::holds_alternative<CountRest>(field.count);
  return std::ranges::any_of(field.cases,
                             [](const FieldCase& one) { return is_open_ended(one.field); });
}

const Field* field_named(const Layout& layout, std::string_view name) {
  const auto found = std::ranges::find(layout.fields, name, &Field::name);
  return found == layout.fields.end() ? nullptr : &*found;
}

std::optional<FieldStretch> find_stretch(const Layout& layout, const FieldRange& range) {
  if (layout.fields.empty()) return std::nullopt;
  if (range.first.empty()) return FieldStretch{0, layout.fields.size() - 1};
  const Field* const first = field_named(layout, range.first);
  const Field* const last = range.last.empty() ? first : field_named(layout, range.last);
  if (first == nullptr || last == nullptr || first > last) return std::nullopt;
  const Field* const begin = layout.fields.data();
  return FieldStretch{static_cast<std::size_t>(first - begin),
                      static_cast<std::size_t>(last - begin)};
}

}  // namespace wireproof
