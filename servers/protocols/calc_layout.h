#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text/bytes.h"

namespace wireproof {

enum class CalcOperation : std::uint8_t { sum, product, minimum, maximum };

// How the operation is called: SUM PRO MIN MAX, or Summe Produkt Minimum Maximum.
enum class CalcNames : std::uint8_t { brief, full };

// What a request says, however it is laid out.
struct CalcRequest {
  std::uint32_t id = 0;
  CalcOperation operation = CalcOperation::sum;
  std::vector<std::int32_t> numbers;

  bool operator==(const CalcRequest&) const = default;
};

// The layouts of a request in use. The exercise gives the fields and leaves open how a reader
// learns where the operation's text ends; each of these is somebody's answer. Numbers are u32 and
// i32, n is a u8, where nothing else is said.
enum class CalcLayout : std::uint8_t {
  plain,          // id, op, n, numbers: the text of the operation itself tells
  op_64,          // op is text[64], filled with NUL
  op_10,          // op is text[10], filled with NUL
  op_7,           // op is text[7], filled with blanks
  op_7_digit,     // op is text[7], filled with NUL, and n one decimal digit
  op_length,      // id, size of op u8, op, numbers; as many as the message has room for
  lengths_first,  // id, size of op u8, n u8, op, numbers
  opcode,         // op i32 (1 to 4), n i32, numbers; the reply is the result alone, as i64
  text,           // `<id><op><n><z1>…<zn>`, all in decimal; the reply `<id><result>`
};

enum class CalcOrder : std::uint8_t { big, little };

struct CalcFormat {
  CalcLayout layout = CalcLayout::plain;
  CalcOrder order = CalcOrder::big;  // of all numbers that have more than one byte
  CalcNames names = CalcNames::brief;
};

// As `layout=` is written: `plain`, `op-64`, …; in the order above.
const std::vector<std::string>& calc_layout_names();
// The layout of that name, which must be one of them.
CalcLayout parse_calc_layout(const std::string& name);

constexpr std::size_t kMinCalcRequest = 8;  // of all layouts
std::size_t max_calc_request(const CalcFormat& format);

enum class CalcReading : std::uint8_t { complete, incomplete, wrong };

struct CalcRead {
  CalcReading reading = CalcReading::incomplete;
  CalcRequest request;   // when complete
  std::size_t size = 0;  // bytes that it took, when complete
};

// Whether a request says itself where it ends. Where it does not (op_length) all bytes are one.
bool has_end(CalcLayout layout);

std::uint32_t read_calc_number(ByteReader& reader, CalcOrder order);
void write_calc_number(ByteWriter& writer, std::uint32_t number, CalcOrder order);

// The request at the beginning of `bytes`. Wrong as soon as a field that is there is: no further
// byte could make it right.
CalcRead read_calc_request(ByteView bytes, const CalcFormat& format);

// The size that the request at the beginning of `bytes` says it has; nothing as long as it has not
// said it. What begins like no request is as long as it is.
std::optional<std::size_t> calc_request_size(ByteView bytes, const CalcFormat& format);

Bytes write_calc_reply(std::uint32_t id, std::int32_t result, const CalcFormat& format);

}  // namespace wireproof
