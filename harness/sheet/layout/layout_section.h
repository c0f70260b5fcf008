#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "expect/payload/payload.h"
#include "sheet/text/fragment.h"
#include "sheet/text/markdown.h"

namespace wireproof {

// Where a field stands in its table; `check_layouts` compares what the table claims.
struct FieldSource {
  Span name;
  Span type;
  Span value;
  Fragment offset;  // cells of the columns `Offset` and `Size`, may be empty
  Fragment size;
};

// A layout as it was read. `fields` is parallel to `layout.fields`.
struct LayoutSource {
  Layout layout;
  std::vector<FieldSource> fields;
  Span span;  // the heading
};

// The heading `Layout: NAME (little-endian)` taken apart.
struct LayoutHeading {
  std::string name;
  ByteOrder order = ByteOrder::big;
  Span span;
};

// Reads a section's table or `layout` fence; nothing when there is none (reported).
std::optional<LayoutSource> parse_layout_section(const Section& section,
                                                 const LayoutHeading& heading,
                                                 const Parameters& parameters, Problems& problems);

// What needs all layouts: nested names, counts and sizes that name fields, `Offset` and `Size`.
void check_layouts(const std::vector<LayoutSource>& sources, const LayoutSet& layouts,
                   Problems& problems);

// A layout as a table of field, type, offset, size and value; where a size varies, the cells from
// there on say so. The last line is the whole size.
std::string render_layout_table(const Layout& layout, const LayoutSet& layouts);

}  // namespace wireproof
