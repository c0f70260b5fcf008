#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace wireproof {

// Where the bars between the cells of a table's line are: not those behind a backslash.
inline std::vector<std::size_t> find_bars(const std::string& line) {
  std::vector<std::size_t> bars;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '|') {
      bars.push_back(at);
    }
  }
  return bars;
}

}  // namespace wireproof
