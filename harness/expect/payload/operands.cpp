#include "expect/payload/operands.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace wireproof {
namespace {

constexpr double kMostIn64Bits = 9e18;

std::uint32_t turned_round(std::uint32_t number) {
  return (number >> 24) | ((number >> 8) & 0xff00) | ((number << 8) & 0xff0000) | (number << 24);
}

// A signed 32-bit number, or an array of them; null: the place is of something else.
const Field* find_numbers(const LayoutSet& layouts, const std::string& path) {
  for (const auto& [name, layout] : layouts) {
    for (const FieldRef& ref : list_fields(layout, layouts)) {
      const bool is_number = ref.path == path && has_fixed_bytes(*ref.field) &&
                             ref.field->size == 4 && ref.field->type == FieldType::signed_integer;
      if (is_number) return ref.field;
    }
  }
  return nullptr;
}

double misread(std::uint32_t number, Misreading misreading) {
  if (misreading == Misreading::sign) return number;
  return static_cast<std::int32_t>(turned_round(number));
}

}  // namespace

std::vector<std::uint32_t> listed_numbers(const EncodedMessage& message, const LayoutSet& layouts) {
  std::vector<std::uint32_t> numbers;
  for (const FieldPlace& place : message.fields) {
    const Field* const field = find_numbers(layouts, place.field);
    if (field == nullptr) continue;
    if (field->is_array) numbers.clear();
    for (std::size_t at = place.begin; at + 4 <= place.end; at += 4) {
      const std::uint32_t bits = ByteReader(ByteView(message.bytes).subspan(at, 4)).read_u32();
      numbers.push_back(field->order == ByteOrder::big ? bits : turned_round(bits));
    }
    if (field->is_array) return numbers;
  }
  return numbers;
}

std::array<double, 4> results_of(const std::vector<double>& numbers) {
  double sum = 0;
  double product = 1;
  for (const double number : numbers) {
    sum += number;
    product *= number;
  }
  return {sum, product, *std::ranges::min_element(numbers), *std::ranges::max_element(numbers)};
}

std::vector<double> misread_results(const std::vector<std::uint32_t>& numbers,
                                    std::int64_t expected, Misreading misreading) {
  std::vector<double> found;
  if (numbers.empty()) return found;
  std::vector<double> right;
  std::vector<double> wrong;
  for (const std::uint32_t number : numbers) {
    right.push_back(static_cast<std::int32_t>(number));
    wrong.push_back(misread(number, misreading));
  }
  const auto rights = results_of(right);
  const auto wrongs = results_of(wrong);
  for (std::size_t index = 0; index < rights.size(); ++index) {
    const bool is_known = rights[index] == static_cast<double>(expected) &&
                          wrongs[index] != rights[index] && std::abs(wrongs[index]) < kMostIn64Bits;
    if (is_known) found.push_back(wrongs[index]);
  }
  return found;
}

}  // namespace wireproof
