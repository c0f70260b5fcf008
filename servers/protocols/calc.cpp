#include "servers/protocols/reference_servers.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "servers/protocols/calc_layout.h"

namespace wireproof {
namespace {

constexpr std::size_t kLengthSize = 4;

enum class CalcFraming : std::uint8_t { length, none };
enum class CalcConnection : std::uint8_t { close, keep };

// A factor 0 makes the product 0 wherever it stands; without one the magnitude never shrinks, so
// beyond 2^31 (which -1 may still turn into the least i32) there is no way back.
std::optional<std::int64_t> product_of(const std::vector<std::int32_t>& numbers) {
  constexpr std::int64_t kLargestMagnitude = std::int64_t{1} << 31;
  if (std::ranges::count(numbers, 0) > 0) return 0;
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
      // 255 numbers of 32 bits need 40.
      return std::accumulate(numbers.begin(), numbers.end(), std::int64_t{0});
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

// Nothing when there is no result: the minimum or maximum of no numbers, or one that does not fit
// the reply's i32. The sum of no numbers is 0, their product 1.
std::optional<std::int32_t> calculate_checked(const CalcRequest& request) {
  const std::optional<std::int64_t> wide = calculate_wide(request);
  if (!wide || !std::in_range<std::int32_t>(*wide)) return std::nullopt;
  return static_cast<std::int32_t>(*wide);
}

// The same without the check: a sum or product is what is left of it modulo 2^32.
std::optional<std::int32_t> calculate_wrapped(const CalcRequest& request) {
  const bool sums = request.operation == CalcOperation::sum;
  if (!sums && request.operation != CalcOperation::product) return calculate_checked(request);
  std::uint32_t result = sums ? 0 : 1;
  for (const std::int32_t number : request.numbers) {
    const auto operand = static_cast<std::uint32_t>(number);
    result = sums ? result + operand : result * operand;
  }
  return static_cast<std::int32_t>(result);
}

using Calculate = std::optional<std::int32_t> (*)(const CalcRequest&);

struct CalcForm {
  CalcFraming framing = CalcFraming::length;
  CalcFormat format;
  CalcConnection connection = CalcConnection::close;
  Calculate calculate = calculate_checked;
};

// Without a length and without an end of its own the request ends with the stream.
bool waits_for_eof(const CalcForm& form) {
  return form.framing == CalcFraming::none && !has_end(form.format.layout);
}

class CalcStream : public StreamProtocol {
 public:
  explicit CalcStream(CalcForm form) : form_(form) {}

  Actions on_bytes(ByteView bytes) override {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    Actions actions;
    ByteView rest = kept_;
    while (actions.ending == Ending::none) {
      const CalcRead read = read_message(rest);
      if (read.reading == CalcReading::incomplete) break;
      answer(read, actions);
      rest = rest.subspan(read.size);
    }
    kept_.erase(kept_.begin(), kept_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    return actions;
  }

  Actions on_eof() override {
    Actions actions;
    if (waits_for_eof(form_)) answer(read_calc_request(kept_, form_.format), actions);
    actions.ending = Ending::close;
    return actions;
  }

 private:
  // The next request with its length, if it has one; `size` counts both.
  CalcRead read_message(ByteView bytes) const {
    if (waits_for_eof(form_) && bytes.size() <= max_calc_request(form_.format)) return {};
    if (form_.framing == CalcFraming::none) return read_calc_request(bytes, form_.format);
    ByteReader reader(bytes);
    const std::uint32_t length = read_calc_number(reader, form_.format.order);
    if (reader.failed()) return {};
    CalcRead result;
    result.reading = CalcReading::wrong;
    if (length < kMinCalcRequest || length > max_calc_request(form_.format)) return result;
    const ByteView body = reader.read_bytes(length);
    if (reader.failed()) return {};
    const CalcRead read = read_calc_request(body, form_.format);
    if (read.reading != CalcReading::complete || read.size != length) return result;
    result = read;
    result.size += kLengthSize;
    return result;
  }

  void answer(const CalcRead& read, Actions& actions) const {
    std::optional<std::int32_t> result;
    if (read.reading == CalcReading::complete) result = form_.calculate(read.request);
    if (!result) {
      actions.ending = Ending::refuse;
      return;
    }
    Bytes reply = write_calc_reply(read.request.id, *result, form_.format);
    if (form_.framing == CalcFraming::length) {
      ByteWriter length;
      write_calc_number(length, static_cast<std::uint32_t>(reply.size()), form_.format.order);
      actions.sends.push_back(length.take());
    }
    actions.sends.push_back(std::move(reply));
    if (form_.connection == CalcConnection::close) actions.ending = Ending::close;
  }

  CalcForm form_;
  Bytes kept_;  // between calls less than a request
};

class CalcDatagrams : public DatagramProtocol {
 public:
  explicit CalcDatagrams(CalcForm form) : form_(form) {}

  std::vector<Bytes> on_datagram(ByteView datagram) override {
    const CalcRead read = read_calc_request(datagram, form_.format);
    if (read.reading != CalcReading::complete || read.size != datagram.size()) return {};
    const std::optional<std::int32_t> result = form_.calculate(read.request);
    if (!result) return {};
    return {write_calc_reply(read.request.id, *result, form_.format)};
  }

 private:
  CalcForm form_;
};

std::optional<std::size_t> framed_size(ByteView stream, CalcOrder order) {
  ByteReader reader(stream);
  const std::size_t length = read_calc_number(reader, order);
  if (reader.failed()) return std::nullopt;
  return kLengthSize + length;
}

std::vector<MessageField> reply_fields(ByteView reply, CalcLayout layout) {
  constexpr MessageField kLength = {FieldMeaning::length, kLengthSize, kLengthSize};
  constexpr MessageField kId = {FieldMeaning::id, 4, 4};
  constexpr MessageField kResult = {FieldMeaning::number, 4, 4};
  constexpr MessageField kLongResult = {FieldMeaning::number, 8, 8};
  if (reply.size() == kLengthSize) return {kLength};
  if (layout == CalcLayout::opcode) return {kLongResult};
  if (layout == CalcLayout::text) return {{FieldMeaning::text, reply.size(), 1}};
  return {kId, kResult};
}

MessageShape shape_of(const CalcForm& form) {
  MessageShape shape;
  shape.reply_fields = [layout = form.format.layout](ByteView reply) {
    return reply_fields(reply, layout);
  };
  shape.max_request_size = max_calc_request(form.format);
  shape.request_size = [format = form.format](ByteView stream) {
    return calc_request_size(stream, format);
  };
  if (form.framing == CalcFraming::length) {
    shape.header_size = kLengthSize;
    shape.max_request_size += kLengthSize;
    shape.request_size = [order = form.format.order](ByteView stream) {
      return framed_size(stream, order);
    };
  }
  return shape;
}

void set_protocols(Service& service, const CalcForm& form) {
  service.open_stream = [form] { return std::make_unique<CalcStream>(form); };
  service.open_datagrams = [form] { return std::make_unique<CalcDatagrams>(form); };
}

}  // namespace

Service make_calc(const ServerParameters& parameters) {
  CalcForm form;
  if (parameters.at("framing") == "none") form.framing = CalcFraming::none;
  if (parameters.at("ops") == "long") form.format.names = CalcNames::full;
  if (parameters.at("order") == "little") form.format.order = CalcOrder::little;
  form.format.layout = parse_calc_layout(parameters.at("layout"));
  if (parameters.at("connection") == "keep") form.connection = CalcConnection::keep;
  Service service;
  set_protocols(service, form);
  service.shape = shape_of(form);
  service.drop_overflow_check = [form](Service& wrapping) mutable {
    form.calculate = calculate_wrapped;
    set_protocols(wrapping, form);
  };
  return service;
}

}  // namespace wireproof
