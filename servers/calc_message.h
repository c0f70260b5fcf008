#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace wireproof {

enum class CalcOperation : std::uint8_t { sum, product, minimum, maximum };

// How the operation is written on the wire: SUM PRO MIN MAX, or Summe Produkt Minimum Maximum.
// Neither form says how long it is; the text itself tells.
enum class CalcNames : std::uint8_t { brief, full };

// id u32, operation text, n u8, i32[n]; all big-endian.
struct CalcRequest {
  std::uint32_t id = 0;
  CalcOperation operation = CalcOperation::sum;
  std::vector<std::int32_t> numbers;

  bool operator==(const CalcRequest&) const = default;
};

constexpr std::size_t kMinCalcRequest = 4 + 3 + 1;
constexpr std::size_t kMaxCalcRequest = 4 + 7 + 1 + 255 * 4;

enum class CalcReading : std::uint8_t { complete, incomplete, wrong };

struct CalcRead {
  CalcReading reading = CalcReading::incomplete;
  CalcRequest request;   // when complete
  std::size_t size = 0;  // bytes that it took, when complete
};

// The request at the beginning of `bytes`. Wrong as soon as no further byte could make it right.
CalcRead read_calc_request(ByteView bytes, CalcNames names);

// Nothing when there is no result: the minimum or maximum of no numbers, or one that does not fit
// the reply's i32. The sum of no numbers is 0, their product 1.
std::optional<std::int32_t> calculate(const CalcRequest& request);

// The same without the check: a sum or product is what is left of it modulo 2^32.
std::optional<std::int32_t> calculate_wrapped(const CalcRequest& request);

// The size that the request at the beginning of `bytes` says it has; nothing as long as it has not
// said it. What begins like no request is as long as it is.
std::optional<std::size_t> calc_request_size(ByteView bytes, CalcNames names);

// id u32, result i32.
Bytes write_calc_reply(std::uint32_t id, std::int32_t result);

}  // namespace wireproof
