#include "sheet/text/sheet_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text/utf8.h"

namespace wireproof {
namespace {

// The line with which the tables become too large to be read; empty: none.
std::optional<Span> find_too_many_cells(const std::string& text) {
  std::size_t work = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const auto cells =
        static_cast<std::size_t>(std::count(text.data() + begin, text.data() + end, '|'));
    work += cells * cells;
    if (work > kMaxCellWork) return Span{begin, end};
    begin = end + 1;
  }
  return std::nullopt;
}

}  // namespace

bool check_text(const std::string& text, Problems& problems) {
  if (text.size() > kMaxSheetBytes) {
    return problems.error(ProblemCode::file_too_large,
                          fmt::format("the sheet has {} bytes", text.size()),
                          fmt::format("a sheet has at most {} bytes", kMaxSheetBytes));
  }
  if (const auto line = find_too_many_cells(text)) {
    return problems.error(ProblemCode::file_too_large, *line,
                          "the tables up to here have more cells than are read",
                          "no table needs thousands of columns");
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string::npos) {
    return problems.error(ProblemCode::no_text, Span{nul, nul + 1}, "the sheet holds a NUL byte",
                          "it is no Markdown text; UTF-16 is not read");
  }
  if (const auto invalid = find_invalid_utf8(text)) {
    return problems.error(ProblemCode::no_text, Span{*invalid, *invalid + 1},
                          "the sheet is not UTF-8 here", "save it as UTF-8");
  }
  return true;
}

}  // namespace wireproof
