#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/text/bytes.h"
#include "base/text/expected.h"

namespace wireproof {

// Encodings by the names that sheets have for them, with those that iconv knows them by.
constexpr std::array<std::pair<std::string_view, const char*>, 7> kTextEncodings{
    {{"latin1", "ISO-8859-1"},
     {"latin9", "ISO-8859-15"},
     {"cp1252", "CP1252"},
     {"utf-16be", "UTF-16BE"},
     {"utf-16le", "UTF-16LE"},
     {"utf-32be", "UTF-32BE"},
     {"utf-32le", "UTF-32LE"}}};

// A text (UTF-8) in the encoding that iconv knows by this name, without a byte order mark. The
// error is a sentence: the text is no UTF-8, or it has a character that the encoding lacks.
Expected<Bytes, std::string> encode_text(std::string_view text, const char* iconv_name);

}  // namespace wireproof
