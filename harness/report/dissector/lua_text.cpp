#include "report/dissector/lua_text.h"

#include <fmt/format.h>

#include <cmath>
#include <variant>

namespace wireproof {
namespace {

constexpr WideNumber kGreatestExact = WideNumber{1} << 53;

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

struct ValueWriter {
  std::optional<std::string> operator()(const Bytes& bytes) const { return lua_string(bytes); }
  template <class Number>
  std::optional<std::string> operator()(Number number) const {
    return lua_number(number);
  }
};

}  // namespace

std::string lua_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const bool is_plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    quoted += is_plain
                  ? std::string(1, c)
                  : fmt::format("\\{:03}", static_cast<unsigned>(static_cast<std::uint8_t>(c)));
  }
  return quoted + "\"";
}

std::string lua_string(ByteView bytes) {
  return lua_string(as_text(bytes));
}

std::string lua_identifier(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    name += is_lower_or_digit(lower) ? lower : '_';
  }
  return name.empty() ? "_" : name;
}

std::string lua_number(std::uint64_t number) {
  return is_plain_number(number) ? fmt::format("{}", number)
                                 : fmt::format("UInt64.new(\"{}\")", number);
}

std::string lua_number(std::int64_t number) {
  return is_plain_number(number) ? fmt::format("{}", number)
                                 : fmt::format("Int64.new(\"{}\")", number);
}

std::optional<std::string> lua_number(double number) {
  if (!std::isfinite(number)) return std::nullopt;
  return fmt::format("{:.17g}", number);
}

std::optional<std::string> lua_value(const FieldValue& value) {
  return std::visit(ValueWriter{}, value);
}

bool is_plain_number(WideNumber number) {
  return number <= kGreatestExact && number >= -kGreatestExact;
}

}  // namespace wireproof
