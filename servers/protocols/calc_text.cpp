#include "servers/protocols/calc_layout.h"

#include <fmt/format.h>

#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxField = 11;  // `-2147483648`

// Fields one after the other; `reading` says why there is no further one.
class FieldReader {
 public:
  explicit FieldReader(ByteView bytes) : text_(as_text(bytes)) {}

  CalcReading reading() const { return reading_; }
  std::size_t offset() const { return offset_; }

  std::string_view take() {
    if (reading_ != CalcReading::complete) return {};
    const std::string_view rest = text_.substr(offset_);
    const std::size_t end = rest.substr(0, kMaxField + 2).find('>');
    if (!rest.empty() && rest.front() != '<') return fail(CalcReading::wrong);
    if (end == rest.npos) {
      return fail(rest.size() < kMaxField + 2 ? CalcReading::incomplete : CalcReading::wrong);
    }
    offset_ += end + 1;
    return rest.substr(1, end - 1);
  }

  template <class Number>
  Number take_number() {
    const std::string_view field = take();
    if (reading_ != CalcReading::complete) return {};
    const auto number = parse_number<Number>(field);
    if (!number) reading_ = CalcReading::wrong;
    return number.value_or(Number{});
  }

 private:
  std::string_view fail(CalcReading reading) {
    reading_ = reading;
    return {};
  }

  std::string_view text_;
  std::size_t offset_ = 0;
  CalcReading reading_ = CalcReading::complete;
};

}  // namespace

CalcRead read_calc_text(ByteView bytes, CalcNames names) {
  FieldReader fields(bytes);
  CalcRead result;
  result.request.id = fields.take_number<std::uint32_t>();
  const auto operation = find_calc_operation(fields.take(), names);
  result.request.operation = operation.value_or(CalcOperation::sum);
  result.reading = fields.reading();
  if (result.reading == CalcReading::complete && !operation) result.reading = CalcReading::wrong;
  if (result.reading != CalcReading::complete) return result;
  const auto count = fields.take_number<std::uint8_t>();
  for (int i = 0; i < count && fields.reading() == CalcReading::complete; ++i) {
    result.request.numbers.push_back(fields.take_number<std::int32_t>());
  }
  result.reading = fields.reading();
  result.size = fields.offset();
  return result;
}

Bytes write_calc_text(std::uint32_t id, std::int32_t result) {
  const std::string text = fmt::format("<{}><{}>", id, result);
  const ByteView bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

}  // namespace wireproof
