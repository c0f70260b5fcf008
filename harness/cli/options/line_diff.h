#pragma once

#include <string>

namespace wireproof {

// What changes between two texts, in the unified form of diff(1) with three lines of context;
// empty when they are the same. For texts that share most of their lines.
std::string render_line_diff(const std::string& name, const std::string& before,
                             const std::string& after);

}  // namespace wireproof
