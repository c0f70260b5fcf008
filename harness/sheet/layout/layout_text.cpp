#include "sheet/layout/layout_text.h"

#include <fmt/format.h>

#include "base/text/text_table.h"
#include "expect/payload/layout.h"

namespace wireproof {

std::string render_layout_table(const Layout& layout, const LayoutSet& layouts) {
  TextTable table;
  table.heading = {"Field", "Type", "Offset", "Size", "Value"};
  table.aligns = {Align::left, Align::left, Align::right, Align::right, Align::left};
  std::size_t offset = 0;
  bool offset_known = true;  // until a field whose size varies
  for (const Field& field : layout.fields) {
    offset = aligned_offset(offset, field);
    const auto size = field_size(field, layouts);
    table.rows.push_back({field.name, render_field_type(field),
                          offset_known ? std::to_string(offset) : "varies",
                          size ? std::to_string(*size) : "varies", render_field_rule(field.rule)});
    offset += size.value_or(0);
    offset_known = offset_known && size;
  }
  const std::string whole = offset_known ? fmt::format("{} bytes", offset) : "the size varies";
  return render_text_table(table) + whole + "\n";
}

}  // namespace wireproof
