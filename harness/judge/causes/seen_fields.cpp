#include "judge/causes/seen_fields.h"

#include "expect/layout/layout.h"
#include "expect/payload/field_codec.h"
#include "expect/payload/operands.h"

namespace wireproof {
namespace {

// Whether the bytes are the field's alone: no part of a byte, and not of another case of a choice
// that has a field of this name.
bool has_plain_bytes(const SeenField& one) {
  if (is_string(*one.field)) return true;
  const std::size_t size = one.expected.size();
  return has_fixed_bytes(*one.field) && size % one.field->size == 0 &&
         (one.field->is_array || size == one.field->size);
}

}  // namespace

std::vector<SeenField> see_fields(const FailureEvidence& evidence) {
  std::vector<SeenField> seen;
  if (!evidence.expected || evidence.layout == nullptr || evidence.came.empty()) return seen;
  const std::vector<FieldRef> known = list_fields(*evidence.layout, *evidence.layouts);
  const ByteView came = evidence.came;
  for (const FieldPlace& place : evidence.expected->fields) {
    const auto ref = std::ranges::find(known, place.field, &FieldRef::path);
    if (ref == known.end()) continue;
    SeenField one;
    one.field = ref->field;
    one.path = place.field;
    one.expected = ByteView(evidence.expected->bytes).subspan(place.begin, place.end - place.begin);
    if (!has_plain_bytes(one)) continue;
    const std::size_t begin = std::min(place.begin, came.size());
    one.captured = came.subspan(begin, std::min(came.size() - begin, one.expected.size()));
    seen.push_back(one);
  }
  return seen;
}

std::vector<SeenField> differing(const FailureEvidence& evidence) {
  std::vector<SeenField> seen = see_fields(evidence);
  std::erase_if(seen, [](const SeenField& one) { return !one.differs(); });
  return seen;
}

std::vector<std::uint32_t> numbers_of_request(const FailureEvidence& evidence) {
  if (evidence.requests.empty() || evidence.layouts == nullptr) return {};
  return listed_numbers(evidence.requests.back(), *evidence.layouts);
}

std::optional<std::int64_t> number_of(const SeenField& one, ByteView bytes) {
  if (!is_integer(*one.field) || one.field->is_array || bytes.size() != one.field->size) {
    return std::nullopt;
  }
  const FieldValue value = read_value(*one.field, bytes);
  const auto* const signed_value = std::get_if<std::int64_t>(&value);
  return signed_value != nullptr ? *signed_value
                                 : static_cast<std::int64_t>(std::get<std::uint64_t>(value));
}

}  // namespace wireproof
