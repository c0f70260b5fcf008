#include "expect/payload/derived_value.h"

#include <algorithm>

namespace wireproof {

std::optional<std::uint64_t> size_value(const ValueSizeOf& rule, std::size_t bytes) {
  const std::int64_t size = static_cast<std::int64_t>(bytes) + rule.plus;
  if (size < 0 || static_cast<std::uint64_t>(size) % rule.unit != 0) return std::nullopt;
  return static_cast<std::uint64_t>(size) / rule.unit;
}

std::uint64_t checksum_value(const Checksum& checksum, ByteView bytes, ByteStretch range,
                             ByteStretch own) {
  const ByteView covered = bytes.subspan(range.begin, range.end - range.begin);
  Bytes zeroed(covered.begin(), covered.end());
  const std::size_t begin = std::max(range.begin, own.begin);
  const std::size_t end = std::min(range.end, own.end);
  for (std::size_t at = begin; at < end; ++at) zeroed[at - range.begin] = 0;
  return compute_checksum(checksum, zeroed);
}

bool is_derived(const Field& field, const Layout& layout) {
  if (!is_integer(field)) return false;
  if (!std::holds_alternative<ValueAny>(field.rule)) {
    return std::holds_alternative<ValueSizeOf>(field.rule) ||
           std::holds_alternative<ValueCountOf>(field.rule) ||
           std::holds_alternative<ValueChecksum>(field.rule);
  }
  return std::ranges::any_of(layout.fields, [&](const Field& other) {
    const auto* const counted = std::get_if<CountField>(&other.count);
    return counted != nullptr && counted->field == field.name;
  });
}

}  // namespace wireproof
