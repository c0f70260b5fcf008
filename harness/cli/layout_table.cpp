#include "cli/layout_table.h"

#include <optional>

#include "base/text_table.h"
#include "expect/layout.h"

namespace wireproof {

namespace {

std::string render_number(const std::optional<std::size_t>& number) {
  return number ? std::to_string(*number) : "";
}

}  // namespace

std::string render_layout_table(const Layout& layout, const LayoutSet& layouts) {
  TextTable table{{"Field", "Type", "Value", "Offset", "Size", "Meaning"},
                  {Align::left, Align::left, Align::left, Align::right, Align::right},
                  {}};
  std::optional<std::size_t> offset = 0;
  for (const Field& field : layout.fields) {
    if (offset) offset = aligned_offset(*offset, field);
    const std::optional<std::size_t> size = field_size(field, layouts);
    table.rows.push_back({field.name, render_field_type(field), render_field_rule(field.rule),
                          render_number(offset), render_number(size), field.meaning});
    if (offset && size) {
      *offset += *size;
    } else {
      offset.reset();
    }
  }
  const std::optional<std::size_t> whole = layout_size(layout, layouts);
  return render_text_table(table) + "\n" +
         (whole ? std::to_string(*whole) + " bytes\n" : std::string("size varies\n"));
}

}  // namespace wireproof
