#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace wireproof {

// Parts of sentences that several reports say.

// "1 byte", "2 bytes".
std::string counted(std::size_t count, const std::string& noun);

// The first `limit` names: "calc/a, calc/b and 3 more".
std::string enumerate(const std::vector<std::string>& names, std::size_t limit);

}  // namespace wireproof
