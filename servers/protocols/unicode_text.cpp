#include "servers/protocols/unicode_text.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <string>

namespace wireproof {
namespace {

icu::StringPiece as_piece(ByteView text) {
  assert(text.size() <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()));
  const std::string_view view = as_text(text);
  return {view.data(), static_cast<std::int32_t>(view.size())};
}

Bytes copy_bytes(std::string_view text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

}  // namespace

Bytes upper_case(ByteView text) {
  const Bytes valid = valid_utf8(text);  // the mapping below hands on what is not UTF-8
  std::string upper;
  icu::StringByteSink<std::string> sink(&upper);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToUpper("", 0, as_piece(valid), sink, nullptr, status);
  assert(U_SUCCESS(status));
  return copy_bytes(upper);
}

Bytes valid_utf8(ByteView text) {
  std::string valid;
  icu::UnicodeString::fromUTF8(as_piece(text)).toUTF8String(valid);
  return copy_bytes(valid);
}

std::size_t size_without_cut_character(ByteView text) {
  const std::size_t longest_cut = std::min<std::size_t>(text.size(), U8_MAX_LENGTH - 1);
  for (std::size_t size = longest_cut; size > 0; --size) {
    const ByteView tail = text.last(size);
    if (!U8_IS_LEAD(tail[0])) continue;
    // The tail is a cut character when its bytes are a proper prefix of one: ICU then consumes all
    // of them as a single ill-formed sequence, and one more byte could complete it.
    const std::size_t full_size = 1U + U8_COUNT_TRAIL_BYTES(tail[0]);
    std::int32_t offset = 0;
    UChar32 character = 0;
    U8_NEXT(tail.data(), offset, static_cast<std::int32_t>(size), character);
    const bool whole_tail = static_cast<std::size_t>(offset) == size;
    if (character < 0 && whole_tail && size < full_size) return text.size() - size;
  }
  return text.size();
}

}  // namespace wireproof
