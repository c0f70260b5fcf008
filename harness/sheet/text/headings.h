#pragma once

#include <cstdint>
#include <string>

#include "expect/payload/payload.h"
#include "sheet/text/markdown.h"
#include "sheet/text/problems.h"

namespace wireproof {

enum class SectionKind : std::uint8_t { prose, layout, session, packets, sockets, measures };

// What a heading says about its section.
struct Heading {
  SectionKind kind = SectionKind::prose;
  std::string name;                  // of `Packets: NAME`, `Layout: NAME`, `Sockets: NAME`
  ByteOrder order = ByteOrder::big;  // of `Layout: NAME (little-endian)`
};

// Any level, any case. A heading close to a recognised one is reported, so that no check becomes
// prose; `is_title` says that the heading is the sheet's title, which may be close to anything.
Heading read_heading_kind(const Section& section, bool is_title, Problems& problems);

}  // namespace wireproof
