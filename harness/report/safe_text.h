#pragma once

#include <string>
#include <string_view>

namespace wireproof {

// Captured bytes, server output and names out of sheets are untrusted: each format gets them
// through one of these.

// For one line or one cell: controls and broken bytes as `\x1b`, line ends and tabs as blanks.
std::string one_line(std::string_view text);

// For Markdown outside of code: characters that could mark up or embed HTML get a backslash.
// Brackets stay, as `[SYN]` is how tables write flags.
std::string markdown_text(std::string_view text);

// For XML 1.0 (§2.2 Char): what no XML document may hold is shown as `\x1b`. The XML library still
// escapes the characters with a meaning.
std::string xml_text(std::string_view text);

// For a cell of CSV that a spreadsheet opens: what it would take for a formula gets a `'` before
// it.
std::string formula_free(std::string_view text);

// Each line behind a prefix, with a line end.
std::string indented(const std::string& text, const std::string& prefix);

}  // namespace wireproof
