#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/text/expected.h"
#include "expect/layout/layout.h"
#include "sheet/text/fragment.h"
#include "sheet/text/markdown.h"

namespace wireproof {

constexpr std::size_t kMaxFields = 1000;  // of one layout

// Where a field stands in its table; `check_layouts` compares what the table claims.
struct FieldSource {
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

// Reads a section's table or `layout` fence; nothing when there is none (reported).
std::optional<LayoutSource> parse_layout_section(const Section& section, const Heading& heading,
                                                 const Parameters& parameters, Problems& problems);

// What needs all layouts: nested names, counts and sizes that name fields, `Offset` and `Size`.
void check_layouts(const std::vector<LayoutSource>& sources, const LayoutSet& layouts,
                   Problems& problems);

// False where the layout holds itself without end, or others too deep in each other (reported).
bool check_layout_nesting(const Layout& layout, const LayoutSet& layouts, Span place,
                          Problems& problems);

// Python's format strings (documentation of its module `struct`), with the sizes and alignment of
// x86-64 Linux under the prefix `@` or none, without alignment under `= < > !`:
//   struct "!BLL20s": version order size text
// Pad bytes (`x`) take no name.
std::optional<LayoutSource> parse_layout_fence(const Fence& fence, const Heading& heading,
                                               Problems& problems);

// One such line as a text of its own, for the command line. The layout has no name.
Expected<Layout, Diagnostics> parse_struct_format(const SourceText& source);

// Reads a cell of the column `Type` into `field`: element type, size, byte order, count, padding.
// Any other word is taken for a layout's name; check_layouts knows whether there is one.
// False when the cell is malformed (reported).
bool parse_field_type(const Fragment& cell, ByteOrder order, Field& field, Problems& problems);

// Reads a cell of the column `Value` for a field whose type is known. Wrong cells are reported and
// read as any value.
FieldRule parse_field_rule(const Fragment& cell, const Field& field, Problems& problems);

// Names of all types that are no layout.
std::vector<std::string> type_names();

// A layout as a table of field, type, offset, size and value; where a size varies, the cells from
// there on say so. The last line is the whole size.
std::string render_layout_table(const Layout& layout, const LayoutSet& layouts);

}  // namespace wireproof
