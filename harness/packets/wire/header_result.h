#pragma once

#include <cstdint>
#include <string_view>

#include "base/text/expected.h"
#include "packets/wire/defect.h"

namespace wireproof {

// Why bytes are not the header that was asked for.
struct HeaderDefect {
  std::uint32_t offset = 0;  // of the bad field, from the header's first byte
  std::string_view reason;   // static text, lower case
  DefectKind kind = DefectKind::malformed;

  bool operator==(const HeaderDefect&) const = default;
};

template <class Header>
using HeaderResult = Expected<Header, HeaderDefect>;

inline Unexpected<HeaderDefect> header_defect(std::uint32_t offset, std::string_view reason) {
  return Unexpected<HeaderDefect>(HeaderDefect{offset, reason});
}

// The bytes end within the header.
inline Unexpected<HeaderDefect> header_cut_off(std::uint32_t offset, std::string_view reason) {
  return Unexpected<HeaderDefect>(HeaderDefect{offset, reason, DefectKind::cut_off});
}

}  // namespace wireproof
