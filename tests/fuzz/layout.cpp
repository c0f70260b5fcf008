#include "expect/payload/references.h"
#include "fuzz/sheets.h"
#include "fuzz/targets.h"
#include "sheet/layout/layout_section.h"

// A sheet with layouts; its lines are also read as formats of Python's struct, and as cells.
namespace wireproof {
namespace {

void check_cell(const Fragment& cell, const SourceText& source) {
  Problems problems;
  Field field;
  if (parse_field_type(cell, ByteOrder::big, field, problems)) {
    const std::string type = render_field_type(field);
    Field again;
    Problems none;
    promise(parse_field_type(make_fragment(type, 0), ByteOrder::big, again, none),
            "a type can be read again");
    promise(render_field_type(again) == type, "and is the same then");
    field.rule = parse_field_rule(cell, field, problems);
    render_field_rule(field);
  } else {
    promise(problems.has_errors(), "a type that is not understood is an error");
  }
  check_diagnostics(problems.take(), source);
}

}  // namespace

void fuzz_layout(ByteView input) {
  const SourceText source("layouts.md", std::string(as_text(input)));
  const ReadLayouts read = read_layouts(source);
  check_diagnostics(read.diagnostics, source);
  if (!has_errors(read.diagnostics)) {
    for (const auto& [name, layout] : read.layouts) {
      promise(!render_layout_table(layout, read.layouts).empty(), "a layout can be shown");
      for (const FieldRef& one : list_fields(layout, read.layouts)) {
        promise(!fields_at(layout, read.layouts, one.path).empty(), "a listed field is found");
      }
      missing_reference(layout, read.layouts);
    }
  }
  const auto format = parse_struct_format(source);
  if (format) {
    render_layout_table(*format, {});
  } else {
    check_diagnostics(format.error(), source);
  }
  for (std::size_t line = 1; line <= source.line_count(); ++line) {
    check_cell(make_fragment(source.line_text(line), source.line_start(line)), source);
  }
}

}  // namespace wireproof
