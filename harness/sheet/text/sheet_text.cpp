#include "sheet/text/sheet_text.h"

#include <fmt/format.h>

#include "base/text/utf8.h"

namespace wireproof {

bool check_text(const std::string& text, Problems& problems) {
  if (text.size() > kMaxSheetBytes) {
    return problems.error(ProblemCode::file_too_large,
                          fmt::format("the sheet has {} bytes", text.size()),
                          fmt::format("a sheet has at most {} bytes", kMaxSheetBytes));
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
