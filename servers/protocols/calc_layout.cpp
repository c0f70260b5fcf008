#include "servers/protocols/calc_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxNumbers = 255;

// In the order of their numbers where they have numbers, from 1.
constexpr std::array<CalcOperation, 4> kCalcOperations = {
    CalcOperation::sum, CalcOperation::product, CalcOperation::minimum, CalcOperation::maximum};

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

struct LayoutTraits {
  const char* name;
  std::size_t head_size;  // of what stands before the numbers, at most; 0: it has no such size
  std::size_t name_size;  // of the operation's field where that is filled; else 0
  std::uint8_t filling;
};

// In the order of CalcLayout.
constexpr std::array<LayoutTraits, 9> kLayouts = {{{"plain", 4 + 7 + 1, 0, 0},
                                                   {"op-64", 4 + 64 + 1, 64, '\0'},
                                                   {"op-10", 4 + 10 + 1, 10, '\0'},
                                                   {"op-7", 4 + 7 + 1, 7, ' '},
                                                   {"op-7-digit", 4 + 7 + 1, 7, '\0'},
                                                   {"op-length", 4 + 1 + 7, 0, 0},
                                                   {"lengths-first", 4 + 1 + 1 + 7, 0, 0},
                                                   {"opcode", 4 + 4, 0, 0},
                                                   {"text", 0, 0, 0}}};

const LayoutTraits& traits_of(CalcLayout layout) {
  return kLayouts.at(static_cast<std::size_t>(layout));
}

// What stands before the numbers.
struct Head {
  CalcReading reading = CalcReading::incomplete;
  std::uint32_t id = 0;
  CalcOperation operation = CalcOperation::sum;
  std::size_t count = 0;
  std::size_t size = 0;
};

class HeadReader {
 public:
  HeadReader(ByteView bytes, const CalcFormat& format) : reader_(bytes), format_(format) {}

  Head read() {
    if (format_.layout != CalcLayout::opcode) head_.id = read_calc_number(reader_, format_.order);
    if (!reader_.failed()) read_operation_and_count();
    if (head_.reading != CalcReading::wrong && reader_.failed()) return {};
    head_.size = reader_.offset();
    return head_;
  }

 private:
  void read_operation_and_count() {
    switch (format_.layout) {
      case CalcLayout::plain:
        take_known_name();
        if (head_.reading == CalcReading::complete) head_.count = reader_.read_u8();
        break;
      case CalcLayout::op_64:
      case CalcLayout::op_10:
      case CalcLayout::op_7:
        take_filled_name();
        head_.count = reader_.read_u8();
        break;
      case CalcLayout::op_7_digit:
        take_filled_name();
        take_digit();
        break;
      case CalcLayout::op_length:
        take_name(reader_.read_bytes(reader_.read_u8()));
        take_rest_as_numbers();
        break;
      case CalcLayout::lengths_first: {
        const std::size_t size = reader_.read_u8();
        head_.count = reader_.read_u8();
        take_name(reader_.read_bytes(size));
        break;
      }
      case CalcLayout::opcode:
        take_code();
        break;
      case CalcLayout::text:  // read_calc_text()
        break;
    }
  }

  // No name is the beginning of another one, so the first that fits is the one.
  void take_known_name() {
    const std::string_view text = as_text(reader_.rest());
    head_.reading = CalcReading::wrong;
    for (const CalcOperation operation : kCalcOperations) {
      const std::string_view name = calc_operation_name(operation, format_.names);
      if (name.starts_with(text)) head_.reading = CalcReading::incomplete;
      if (!text.starts_with(name)) continue;
      reader_.skip(name.size());
      head_.reading = CalcReading::complete;
      head_.operation = operation;
      return;
    }
  }

  void take_name(ByteView bytes) {
    if (reader_.failed()) return;
    const auto operation = find_calc_operation(as_text(bytes), format_.names);
    head_.reading = operation ? CalcReading::complete : CalcReading::wrong;
    head_.operation = operation.value_or(CalcOperation::sum);
  }

  void take_filled_name() {
    const LayoutTraits& traits = traits_of(format_.layout);
    ByteView bytes = reader_.read_bytes(traits.name_size);
    while (!bytes.empty() && bytes.back() == traits.filling) bytes = bytes.first(bytes.size() - 1);
    take_name(bytes);
  }

  void take_digit() {
    const std::uint8_t digit = reader_.read_u8();
    if (reader_.failed()) return;
    if (digit < '0' || digit > '9') head_.reading = CalcReading::wrong;
    head_.count = static_cast<std::size_t>(digit - '0');
  }

  void take_rest_as_numbers() {
    const std::size_t size = reader_.rest().size();
    head_.count = size / sizeof(std::int32_t);
    if (size % sizeof(std::int32_t) != 0 || head_.count > kMaxNumbers) {
      head_.reading = CalcReading::wrong;
    }
  }

  void take_code() {
    const std::uint32_t code = read_calc_number(reader_, format_.order);
    head_.count = read_calc_number(reader_, format_.order);
    if (reader_.failed()) return;
    const bool known = code >= 1 && code <= kCalcOperations.size() && head_.count <= kMaxNumbers;
    head_.reading = known ? CalcReading::complete : CalcReading::wrong;
    if (known) head_.operation = kCalcOperations.at(code - 1);
  }

  ByteReader reader_;
  const CalcFormat& format_;  // of the function that reads
  Head head_;
};

// The layout `text`: every field in angle brackets, numbers in decimal.

// id, operation, n and 255 numbers, each at its longest.
constexpr std::size_t kMaxCalcText = 12 + 9 + 5 + 255 * 13;
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

}  // namespace

const std::vector<std::string>& calc_layout_names() {
  static const std::vector<std::string> kNames = list_names(kLayouts);
  return kNames;
}

CalcLayout parse_calc_layout(const std::string& name) {
  const auto found = std::ranges::find(kLayouts, name, &LayoutTraits::name);
  return static_cast<CalcLayout>(found - kLayouts.begin());
}

std::size_t max_calc_request(const CalcFormat& format) {
  if (format.layout == CalcLayout::text) return kMaxCalcText;
  return traits_of(format.layout).head_size + kMaxNumbers * sizeof(std::int32_t);
}

std::uint32_t read_calc_number(ByteReader& reader, CalcOrder order) {
  return order == CalcOrder::big ? reader.read_u32() : reader.read_u32_le();
}

void write_calc_number(ByteWriter& writer, std::uint32_t number, CalcOrder order) {
  order == CalcOrder::big ? writer.write_u32(number) : writer.write_u32_le(number);
}

bool has_end(CalcLayout layout) {
  return layout != CalcLayout::op_length;
}

CalcRead read_calc_request(ByteView bytes, const CalcFormat& format) {
  if (format.layout == CalcLayout::text) return read_calc_text(bytes, format.names);
  const Head head = HeadReader(bytes, format).read();
  CalcRead result;
  result.reading = head.reading;
  if (head.reading != CalcReading::complete) return result;
  result.request = {head.id, head.operation, {}};
  ByteReader reader(bytes.subspan(head.size));
  for (std::size_t i = 0; i < head.count && !reader.failed(); ++i) {
    const std::uint32_t number = read_calc_number(reader, format.order);
    result.request.numbers.push_back(static_cast<std::int32_t>(number));
  }
  if (reader.failed()) return {};
  result.size = head.size + reader.offset();
  return result;
}

std::optional<std::size_t> calc_request_size(ByteView bytes, const CalcFormat& format) {
  if (format.layout == CalcLayout::text) {
    const CalcRead read = read_calc_text(bytes, format.names);
    if (read.reading == CalcReading::incomplete) return std::nullopt;
    return read.reading == CalcReading::complete ? read.size : bytes.size();
  }
  const Head head = HeadReader(bytes, format).read();
  if (head.reading == CalcReading::wrong) return bytes.size();
  if (head.reading == CalcReading::incomplete) return std::nullopt;
  return head.size + head.count * sizeof(std::int32_t);
}

Bytes write_calc_reply(std::uint32_t id, std::int32_t result, const CalcFormat& format) {
  if (format.layout == CalcLayout::text) return write_calc_text(id, result);
  ByteWriter reply;
  auto first = id;
  auto second = static_cast<std::uint32_t>(result);
  if (format.layout == CalcLayout::opcode) {  // the halves of an i64
    first = result < 0 ? ~std::uint32_t{0} : 0;
    if (format.order == CalcOrder::little) std::swap(first, second);
  }
  write_calc_number(reply, first, format.order);
  write_calc_number(reply, second, format.order);
  return reply.take();
}

}  // namespace wireproof
