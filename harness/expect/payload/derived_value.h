#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/text/bytes.h"
#include "base/text/expected.h"
#include "expect/layout/layout.h"

namespace wireproof {

// Values that a layout determines itself.

// A stretch of a message's bytes.
struct ByteStretch {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The number that says so many bytes; nothing when they are no whole number of its units, or less
// than none.
std::optional<std::uint64_t> size_value(const ValueSizeOf& rule, std::size_t bytes);

// Of the bytes in the range, those of the checksum itself as zero.
std::uint64_t checksum_value(const Checksum& checksum, ByteView bytes, ByteStretch range,
                             ByteStretch own);

// Whether nobody needs to give the field: it is a size, a count or a checksum, or a number by which
// another field of the layout is counted.
bool is_derived(const Field& field, const Layout& layout);

}  // namespace wireproof
