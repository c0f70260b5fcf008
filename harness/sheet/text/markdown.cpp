#include "sheet/text/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace wireproof {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

template <auto kFree>
struct Deleter {
  void operator()(auto* object) const { kFree(object); }
};
using Document = std::unique_ptr<cmark_node, Deleter<cmark_node_free>>;

// The text as the library gets it. Only line numbers are taken from its answer, so lines must be
// the same: a lone CR, a line end to Markdown but not to SourceText, becomes a blank. So do other
// blanks of C, which Markdown does not count among those around a cell.
std::string text_for_library(const SourceText& source, std::size_t body) {
  std::string text = source.text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool lone_return = text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
    if (lone_return || text[i] == '\v' || text[i] == '\f' ||
        (i < body && text[i] != '\n' && text[i] != '\r'))
      text[i] = ' ';
  }
  if (text.starts_with(kByteOrderMark)) text.replace(0, kByteOrderMark.size(), "");
  return text;
}

// The extension's node types are known by name only.
bool is_table(cmark_node* node) {
  return std::string_view(cmark_node_get_type_string(node)) == "table";
}

Document parse_document(const std::string& text) {
  cmark_gfm_core_extensions_ensure_registered();
  const std::unique_ptr<cmark_parser, Deleter<cmark_parser_free>> parser(
      cmark_parser_new(CMARK_OPT_DEFAULT));
  cmark_parser_attach_syntax_extension(parser.get(), cmark_find_syntax_extension("table"));
  cmark_parser_feed(parser.get(), text.data(), text.size());
  return Document(cmark_parser_finish(parser.get()));
}

// Calls `visit` for each node in the order of the text. No recursion: nesting is the sheet's to
// choose.
template <class Visit>
void visit_nodes(cmark_node* root, const Visit& visit) {
  const std::unique_ptr<cmark_iter, Deleter<cmark_iter_free>> iterator(cmark_iter_new(root));
  for (cmark_event_type event = cmark_iter_next(iterator.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(iterator.get())) {
    if (event == CMARK_EVENT_ENTER) visit(cmark_iter_get_node(iterator.get()));
  }
}

// One line of the source from a byte column (from 1) on.
Fragment source_line(const SourceText& source, int line, int column) {
  const auto number = static_cast<std::size_t>(std::max(line, 1));
  if (number > source.line_count()) return make_fragment("", source.text().size());
  const std::string_view text = source.line_text(number);
  const std::size_t skipped =
      std::min(static_cast<std::size_t>(std::max(column, 1) - 1), text.size());
  return make_fragment(text.substr(skipped), source.line_start(number) + skipped);
}

// Whether these bytes before a table's heading may be the marks of lists that begin in its line.
bool are_list_marks(std::string_view text) {
  constexpr std::string_view kMarks = "-+*.)0123456789> \t";
  return text.find_first_not_of(kMarks) == text.npos && text.find_first_of("-+*.)") != text.npos &&
         is_blank(text.back());
}

// A line of a table. `column` is that of the table, at which its first line may begin behind the
// marks of lists; what else stands before a row can only be blanks and the marks of quotes, and no
// row begins with these.
Fragment row_line(const SourceText& source, int line, int column) {
  const Fragment whole = source_line(source, line, 1);
  const std::string_view text = whole.text;
  const std::size_t mark = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const auto indent = std::min(static_cast<std::size_t>(std::max(column, 1) - 1), text.size());
  std::size_t begin = std::min(text.find_first_not_of("> \t\v\f\r", mark), text.size());
  if (are_list_marks(text.substr(mark, std::max(indent, mark) - mark))) begin = indent;
  std::size_t end = text.size();
  while (end > begin && std::string_view(" \t\v\f\r").find(text[end - 1]) != text.npos) --end;
  return part_of(whole, begin, end);
}

// The library's cell positions are off behind escaped pipes, so cells are cut here by its rule
// (GFM §4.10): every pipe without a backslash before it is a border, also in code.
TableRow cut_row(const Fragment& line) {
  TableRow row;
  row.span = line.span();
  std::size_t begin = line.text.starts_with('|') ? 1 : 0;
  const auto add_cell = [&](std::size_t end) {
    Fragment cell;
    for (std::size_t i = begin; i < end; ++i) {
      if (line.text[i] == '\\' && i + 1 < end && line.text[i + 1] == '|') ++i;
      cell.text += line.text[i];
      cell.origins.push_back(line.origins[i]);
    }
    cell.origins.push_back(line.origins[end]);
    row.cells.push_back(trim(cell));
    begin = end + 1;
  };
  for (std::size_t i = begin; i < line.text.size(); ++i) {
    if (line.text[i] == '\\') {
      ++i;
    } else if (line.text[i] == '|') {
      add_cell(i);
    }
  }
  if (begin < line.text.size()) add_cell(line.text.size());
  return row;
}

bool are_delimiters(const TableRow& row) {
  return std::ranges::all_of(row.cells, [](const Fragment& cell) {
    return cell.text.find('-') != std::string::npos &&
           cell.text.find_first_not_of(":-") == std::string::npos;
  });
}

// The line of a table's heading. The library names that of the paragraph of which it is the last
// line; the row below a heading, of delimiters, has as many cells (GFM §4.10).
int heading_line(const SourceText& source, cmark_node* table) {
  const int first = cmark_node_get_start_line(table);
  const int column = cmark_node_get_start_column(table);
  const std::size_t count = cmark_gfm_extensions_get_table_columns(table);
  const auto last = static_cast<int>(source.line_count());
  for (int line = first; line < last; ++line) {
    const TableRow below = cut_row(row_line(source, line + 1, 1));
    if (below.cells.size() != count || !are_delimiters(below)) continue;
    const int here = line == first ? column : 1;
    if (cut_row(row_line(source, line, here)).cells.size() == count) return line;
  }
  return first;
}

Table read_table(const SourceText& source, cmark_node* node) {
  const int column = cmark_node_get_start_column(node);
  const int heading = heading_line(source, node);
  const bool is_first = heading == cmark_node_get_start_line(node);
  Table table;
  table.heading = cut_row(row_line(source, heading, is_first ? column : 1));
  for (cmark_node* row = cmark_node_first_child(node); row != nullptr; row = cmark_node_next(row)) {
    if (cmark_gfm_extensions_get_table_row_is_header(row) != 0) continue;
    table.rows.push_back(cut_row(row_line(source, cmark_node_get_start_line(row), 1)));
  }
  table.span = table.heading.span;
  return table;
}

Fence read_fence(const SourceText& source, cmark_node* node) {
  Fence fence;
  const int line = cmark_node_get_start_line(node);
  const int column = cmark_node_get_start_column(node);
  const std::string_view info = trim_text(cmark_node_get_fence_info(node));
  fence.language = lower_case(info.substr(0, info.find_first_of(" \t")));
  fence.span = trim(source_line(source, line, column)).span();
  const std::string_view content = cmark_node_get_literal(node);
  const auto count = static_cast<int>(std::ranges::count(content, '\n'));
  for (int i = 1; i <= count; ++i) fence.lines.push_back(source_line(source, line + i, column));
  return fence;
}

// The first line of a paragraph that names the file in which something stands.
std::optional<Fragment> read_from(const SourceText& source, cmark_node* node) {
  const int last = cmark_node_get_end_line(node);
  for (int line = cmark_node_get_start_line(node); line <= last; ++line) {
    Fragment text = trim(source_line(source, line, 1));
    if (text.text.starts_with("from:")) return text;
  }
  return std::nullopt;
}

// The words of a heading without their marks.
std::string plain_text(cmark_node* heading) {
  std::string text;
  visit_nodes(heading, [&text](cmark_node* node) {
    if (cmark_node_get_type(node) == CMARK_NODE_SOFTBREAK) text += ' ';
    if (const char* const literal = cmark_node_get_literal(node)) text += literal;
  });
  return text;
}

Section read_heading(const SourceText& source, cmark_node* node) {
  Section section;
  section.heading = trim_text(plain_text(node));
  section.level = cmark_node_get_heading_level(node);
  Fragment line =
      trim(source_line(source, cmark_node_get_start_line(node), cmark_node_get_start_column(node)));
  std::size_t begin = 0;
  while (begin < line.text.size() && line.text[begin] == '#') ++begin;
  std::size_t end = line.text.size();
  while (end > begin && line.text[end - 1] == '#') --end;
  section.span = trim(part_of(line, begin, end)).span();
  return section;
}

}  // namespace

std::vector<Section> read_markdown(const SourceText& source, std::size_t body) {
  const Document document = parse_document(text_for_library(source, body));
  std::vector<Section> sections(1);
  visit_nodes(document.get(), [&](cmark_node* node) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_HEADING) {
      sections.push_back(read_heading(source, node));
    } else if (is_table(node)) {
      sections.back().tables.push_back(read_table(source, node));
    } else if (type == CMARK_NODE_CODE_BLOCK && *cmark_node_get_fence_info(node) != '\0') {
      sections.back().fences.push_back(read_fence(source, node));
    } else if (type == CMARK_NODE_PARAGRAPH && !sections.back().from) {
      sections.back().from = read_from(source, node);
    }
  });
  return sections;
}

namespace {

constexpr std::array<std::pair<std::string_view, SectionKind>, 7> kKinds{
    {{"layout", SectionKind::layout},
     {"session", SectionKind::session},
     {"packets", SectionKind::packets},
     {"sockets", SectionKind::sockets},
     {"measures", SectionKind::measures},
     {"calls", SectionKind::calls},
     {"path", SectionKind::path}}};

void read_byte_order(Heading& heading) {
  constexpr std::array<std::pair<std::string_view, ByteOrder>, 2> kOrders{
      {{"(little-endian)", ByteOrder::little}, {"(big-endian)", ByteOrder::big}}};
  for (const auto& [suffix, order] : kOrders) {
    if (!lower_case(heading.name).ends_with(suffix)) continue;
    heading.order = order;
    heading.name.resize(heading.name.size() - suffix.size());
    heading.name = trim_text(std::string(heading.name));
  }
}

void check_name(const Heading& heading, bool has_colon, const Section& section,
                Problems& problems) {
  const bool named = !heading.name.empty();
  switch (heading.kind) {
    case SectionKind::layout:
      if (!named)
        problems.error(ProblemCode::section_name, section.span, "the layout has no name",
                       "as: Layout: request");
      return;
    case SectionKind::sockets:
      if (named) return;
      problems.error(ProblemCode::section_name, section.span, "the table of sockets has no name",
                     "as: Sockets: NAME, of the step `sockets \"NAME\"`");
      return;
    case SectionKind::session:
    case SectionKind::measures:
    case SectionKind::path:
      if (named)
        problems.error(ProblemCode::section_name, section.span,
                       "this section has no name of its own");
      return;
    case SectionKind::packets:
    case SectionKind::calls:
      if (has_colon && !named)
        problems.error(ProblemCode::section_name, section.span,
                       "a name is missing behind the colon");
      return;
    case SectionKind::prose:
      return;
  }
}

void report_slip(const Section& section, const std::string& word, Problems& problems) {
  const std::vector<std::string> names{"Layout",   "Session", "Packets", "Sockets",
                                       "Measures", "Calls",   "Path"};
  const auto meant = nearest_name(word, names);
  if (!meant) return;
  problems.error(ProblemCode::unknown_section, section.span,
                 fmt::format("unknown section `{}`", section.heading),
                 fmt::format("did you mean `{}`? A heading of prose needs other words", *meant));
}

}  // namespace

Heading read_heading_kind(const Section& section, bool is_title, Problems& problems) {
  Heading heading;
  heading.span = section.span;
  const std::size_t colon = section.heading.find(':');
  const bool has_colon = colon != std::string::npos;
  const std::string word(trim_text(std::string_view(section.heading).substr(0, colon)));
  const auto kind =
      std::ranges::find(kKinds, lower_case(word), &std::pair<std::string_view, SectionKind>::first);
  if (kind == kKinds.end()) {
    if (!is_title) report_slip(section, word, problems);
    return heading;
  }
  heading.kind = kind->second;
  if (has_colon) heading.name = trim_text(std::string_view(section.heading).substr(colon + 1));
  if (heading.kind == SectionKind::layout) read_byte_order(heading);
  check_name(heading, has_colon, section, problems);
  return heading;
}

}  // namespace wireproof
