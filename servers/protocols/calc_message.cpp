#include "servers/protocols/calc_message.h"

#include <algorithm>
#include <limits>

namespace wireproof {
namespace {

std::int64_t sum_of(const std::vector<std::int32_t>& numbers) {
  std::int64_t sum = 0;  // 255 numbers of 32 bits need 40
  for (const std::int32_t number : numbers) sum += number;
  return sum;
}

// A factor 0 makes the product 0 wherever it stands; without one the magnitude never shrinks, so
// beyond 2^31 (which -1 may still turn into the least i32) there is no way back.
std::optional<std::int64_t> product_of(const std::vector<std::int32_t>& numbers) {
  constexpr std::int64_t kLargestMagnitude = std::int64_t{1} << 31;
  if (std::find(numbers.begin(), numbers.end(), 0) != numbers.end()) return 0;
  std::int64_t product = 1;
  for (const std::int32_t number : numbers) {
    product *= number;
    if (product > kLargestMagnitude || product < -kLargestMagnitude) return std::nullopt;
  }
  return product;
}

std::optional<std::int64_t> calculate_wide(const CalcRequest& request) {
  const std::vector<std::int32_t>& numbers = request.numbers;
  switch (request.operation) {
    case CalcOperation::sum:
      return sum_of(numbers);
    case CalcOperation::product:
      return product_of(numbers);
    case CalcOperation::minimum:
      if (numbers.empty()) return std::nullopt;
      return *std::min_element(numbers.begin(), numbers.end());
    case CalcOperation::maximum:
      if (numbers.empty()) return std::nullopt;
      return *std::max_element(numbers.begin(), numbers.end());
  }
  return std::nullopt;
}

}  // namespace

std::string_view calc_operation_name(CalcOperation operation, CalcNames names) {
  const bool is_brief = names == CalcNames::brief;
  switch (operation) {
    case CalcOperation::sum:
      return is_brief ? "SUM" : "Summe";
    case CalcOperation::product:
      return is_brief ? "PRO" : "Produkt";
    case CalcOperation::minimum:
      return is_brief ? "MIN" : "Minimum";
    case CalcOperation::maximum:
      return is_brief ? "MAX" : "Maximum";
  }
  return "";
}

std::optional<CalcOperation> find_calc_operation(std::string_view name, CalcNames names) {
  for (const CalcOperation operation : kCalcOperations) {
    if (calc_operation_name(operation, names) == name) return operation;
  }
  return std::nullopt;
}

std::optional<std::int32_t> calculate(const CalcRequest& request) {
  const std::optional<std::int64_t> wide = calculate_wide(request);
  if (!wide || *wide < std::numeric_limits<std::int32_t>::min() ||
      *wide > std::numeric_limits<std::int32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(*wide);
}

std::optional<std::int32_t> calculate_wrapped(const CalcRequest& request) {
  const bool sums = request.operation == CalcOperation::sum;
  if (!sums && request.operation != CalcOperation::product) return calculate(request);
  std::uint32_t result = sums ? 0 : 1;
  for (const std::int32_t number : request.numbers) {
    const auto operand = static_cast<std::uint32_t>(number);
    result = sums ? result + operand : result * operand;
  }
  return static_cast<std::int32_t>(result);
}

}  // namespace wireproof
