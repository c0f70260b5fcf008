#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wireproof {

// The lines of a text, those that take more than `width` columns of a terminal broken at blanks
// (a longer word where it must be), what is left of them `hang` columns further in than they
// begin. Colours (SGR sequences) take no column. A width of 0 breaks nothing.
std::string fold_lines(std::string_view text, std::size_t width, std::size_t hang = 2);

// The same for lines that may have columns, with two blanks or more between them: the rest stands
// below the last column that begins in the left half of the width.
std::string fold_rows(std::string_view text, std::size_t width);

}  // namespace wireproof
