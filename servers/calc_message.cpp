#include "servers/calc_message.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace wireproof {
namespace {

struct OperationName {
  CalcOperation operation;
  std::string_view brief;
  std::string_view full;
};

constexpr std::array<OperationName, 4> kOperationNames = {{
    {CalcOperation::sum, "SUM", "Summe"},
    {CalcOperation::product, "PRO", "Produkt"},
    {CalcOperation::minimum, "MIN", "Minimum"},
    {CalcOperation::maximum, "MAX", "Maximum"},
}};

struct OperationRead {
  CalcReading reading = CalcReading::wrong;
  CalcOperation operation = CalcOperation::sum;
  std::size_t size = 0;
};

// No name is the beginning of another one, so the first that fits is the one.
OperationRead read_operation(std::string_view text, CalcNames names) {
  for (const OperationName& known : kOperationNames) {
    const std::string_view name = names == CalcNames::brief ? known.brief : known.full;
    if (text.starts_with(name)) return {CalcReading::complete, known.operation, name.size()};
    if (name.starts_with(text)) return {CalcReading::incomplete, known.operation, 0};
  }
  return {};
}

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

CalcRead read_calc_request(ByteView bytes, CalcNames names) {
  CalcRead result;
  ByteReader reader(bytes);
  result.request.id = reader.read_u32();
  if (reader.failed()) return result;
  const OperationRead operation = read_operation(as_text(reader.rest()), names);
  result.reading = operation.reading;
  if (operation.reading != CalcReading::complete) return result;
  result.request.operation = operation.operation;
  reader.skip(operation.size);
  const std::size_t count = reader.read_u8();
  for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
    result.request.numbers.push_back(static_cast<std::int32_t>(reader.read_u32()));
  }
  if (reader.failed()) return {};
  result.size = reader.offset();
  return result;
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

std::optional<std::size_t> calc_request_size(ByteView bytes, CalcNames names) {
  ByteReader reader(bytes);
  reader.skip(sizeof(std::uint32_t));
  if (reader.failed()) return std::nullopt;
  const OperationRead operation = read_operation(as_text(reader.rest()), names);
  if (operation.reading == CalcReading::wrong) return bytes.size();
  if (operation.reading == CalcReading::incomplete) return std::nullopt;
  reader.skip(operation.size);
  const std::size_t count = reader.read_u8();
  if (reader.failed()) return std::nullopt;
  return reader.offset() + count * sizeof(std::int32_t);
}

Bytes write_calc_reply(std::uint32_t id, std::int32_t result) {
  ByteWriter reply;
  reply.write_u32(id);
  reply.write_u32(static_cast<std::uint32_t>(result));
  return reply.take();
}

}  // namespace wireproof
