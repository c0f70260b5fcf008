#include "base/text/utf8.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

namespace wireproof {

CodePoint decode_code_point(std::string_view text, std::size_t offset) {
  // No more than one sequence, so that its size fits ICU's int whatever the text's is.
  const std::string_view head = text.substr(offset, U8_MAX_LENGTH);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(head.data());
  std::int32_t size = 0;
  UChar32 value = 0;
  U8_NEXT(bytes, size, static_cast<std::int32_t>(head.size()), value);
  if (value < 0) return {bytes[0], 1, false};
  return {static_cast<char32_t>(value), static_cast<std::size_t>(size), true};
}

std::string_view cut_text(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  constexpr unsigned kContinuation = 0x80;  // 10xxxxxx (RFC 3629 §3)
  constexpr unsigned kMask = 0xC0;
  const auto is_inside = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & kMask) == kContinuation;
  };
  constexpr std::size_t kLongest = 4;  // of broken text no more than this is given up
  std::size_t end = size;
  while (end > 0 && size - end < kLongest && is_inside(end)) --end;
  return text.substr(0, end);
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t offset = 0; offset < text.size();) {
    const CodePoint point = decode_code_point(text, offset);
    if (!point.valid) return offset;
    offset += point.size;
  }
  return std::nullopt;
}

bool is_control(char32_t value) {
  const bool is_code = value < 0x20 || (value >= 0x7f && value < 0xa0);
  const bool is_mark = value == 0x61c || value == 0x200e || value == 0x200f;
  const bool is_embedding = value >= 0x202a && value <= 0x202e;
  const bool is_isolate = value >= 0x2066 && value <= 0x2069;
  return is_code || is_mark || is_embedding || is_isolate;
}

std::size_t display_width(char32_t value) {
  if (is_control(value)) return 0;
  const auto character = static_cast<UChar32>(value);
  constexpr char32_t kSoftHyphen = 0xad;  // a format character, and shown
  constexpr std::uint32_t kNoColumn = U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK;
  if (value != kSoftHyphen && (U_GET_GC_MASK(character) & kNoColumn) != 0) return 0;
  const int width = u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

}  // namespace wireproof
