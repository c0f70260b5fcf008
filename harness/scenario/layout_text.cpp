#include "scenario/layout_text.h"

#include <fmt/format.h>

#include <optional>

#include "base/text_table.h"
#include "expect/layout.h"

namespace wireproof {

std::string render_layout_table(const Layout& layout, const LayoutSet& layouts) {
  TextTable table;
  table.heading = {"Field", "Type", "Offset", "Size", "Value"};
  table.aligns = {Align::left, Align::left, Align::right, Align::right, Align::left};
  std::optional<std::size_t> offset = 0;
  for (const Field& field : layout.fields) {
    if (offset) offset = aligned_offset(*offset, field);
    const auto size = field_size(field, layouts);
    table.rows.push_back({field.name, render_field_type(field),
                          offset ? std::to_string(*offset) : "varies",
                          size ? std::to_string(*size) : "varies", render_field_rule(field.rule)});
    offset = offset && size ? std::optional(*offset + *size) : std::nullopt;
  }
  const std::string whole = offset ? fmt::format("{} bytes", *offset) : "the size varies";
  return render_text_table(table) + whole + "\n";
}

}  // namespace wireproof
