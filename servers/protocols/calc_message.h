#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace wireproof {

enum class CalcOperation : std::uint8_t { sum, product, minimum, maximum };

// How the operation is called: SUM PRO MIN MAX, or Summe Produkt Minimum Maximum.
enum class CalcNames : std::uint8_t { brief, full };

// In the order of their numbers where they have numbers, from 1.
constexpr std::array<CalcOperation, 4> kCalcOperations = {
    CalcOperation::sum, CalcOperation::product, CalcOperation::minimum, CalcOperation::maximum};

std::string_view calc_operation_name(CalcOperation operation, CalcNames names);
std::optional<CalcOperation> find_calc_operation(std::string_view name, CalcNames names);

// What a request says, however it is laid out (calc_layout.h).
struct CalcRequest {
  std::uint32_t id = 0;
  CalcOperation operation = CalcOperation::sum;
  std::vector<std::int32_t> numbers;

  bool operator==(const CalcRequest&) const = default;
};

// Nothing when there is no result: the minimum or maximum of no numbers, or one that does not fit
// the reply's i32. The sum of no numbers is 0, their product 1.
std::optional<std::int32_t> calculate(const CalcRequest& request);

// The same without the check: a sum or product is what is left of it modulo 2^32.
std::optional<std::int32_t> calculate_wrapped(const CalcRequest& request);

}  // namespace wireproof
