#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text/diagnostic.h"
#include "expect/payload/payload.h"
#include "sheet/text/fragment.h"

namespace wireproof {

// What a sheet is made of, seen as Markdown: sections with their tables and fences. Prose is left
// out. Every text keeps its place in the source.
struct TableRow {
  std::vector<Fragment> cells;  // trimmed, `\|` read as `|`; fewer than headings: rest is empty
  Span span;                    // the line without blanks at its ends
};

struct Table {
  TableRow heading;
  std::vector<TableRow> rows;
  Span span;
};

struct Fence {
  std::string language;  // first word of the info string, lower case
  std::vector<Fragment> lines;
  Span span;  // the opening line
};

struct Section {
  std::string heading;  // empty: what stands before the first heading
  int level = 0;        // 1 for `#`; 0 without heading
  Span span;            // the heading's text
  std::vector<Table> tables;
  std::vector<Fence> fences;
  std::optional<Fragment> from;  // the first line `from: FILE` of its prose
};

// Reads the text from `body` on; what is before (the front matter) is no Markdown.
std::vector<Section> read_markdown(const SourceText& source, std::size_t body);

enum class SectionKind : std::uint8_t {
  prose,
  layout,
  session,
  packets,
  sockets,
  measures,
  calls,
  path
};

// What a heading says about its section.
struct Heading {
  SectionKind kind = SectionKind::prose;
  std::string name;                  // of `Packets: NAME`, `Layout: NAME`, `Calls: NAME`, …
  ByteOrder order = ByteOrder::big;  // of `Layout: NAME (little-endian)`
  Span span;                         // the section's
};

// Any level, any case. A heading close to a recognised one is reported, so that no check becomes
// prose; `is_title` says that the heading is the sheet's title, which may be close to anything.
Heading read_heading_kind(const Section& section, bool is_title, Problems& problems);

}  // namespace wireproof
