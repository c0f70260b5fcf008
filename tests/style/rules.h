#pragma once

#include <cstddef>
#include <vector>

#include "style/source_file.h"

// What the compiler, clang-format and clang-tidy do not check. Functions of at most 70 lines and
// 5 parameters are clang-tidy's (readability-function-size).
namespace wireproof::style {

inline constexpr std::size_t kMaxFileLines = 500;
inline constexpr std::size_t kMaxHeaderLines = 180;  // a header must be readable alone
inline constexpr std::size_t kMaxColumns = 100;      // code points

// Sizes, line ends, tabs, `#pragma once`.
Findings check_form(const SourceFile& file);

// Names and constructs that this project does without.
Findings check_banned_text(const SourceFile& file);

// `#include "folder/…"` lines against the direction of dependencies.
Findings check_includes(const SourceFile& file);

// Every .cpp is a source of a target in the CMakeLists.txt of its folder or of one above.
Findings check_built(const std::vector<SourceFile>& files);

}  // namespace wireproof::style
