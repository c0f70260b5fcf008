#pragma once

#include <span>

#include "sheet/problems/problem_pages.h"

namespace wireproof {

// The pages of each area, in the order of their codes.
std::span<const ProblemPage> file_pages();
std::span<const ProblemPage> section_pages();
std::span<const ProblemPage> session_pages();
std::span<const ProblemPage> message_pages();
std::span<const ProblemPage> layout_pages();
std::span<const ProblemPage> field_pages();
std::span<const ProblemPage> kaitai_pages();
std::span<const ProblemPage> packet_pages();
std::span<const ProblemPage> call_pages();
std::span<const ProblemPage> description_pages();
std::span<const ProblemPage> lint_pages();
std::span<const ProblemPage> path_pages();

}  // namespace wireproof
