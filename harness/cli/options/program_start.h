#pragma once

#include <string>
#include <vector>

#include "base/text/diagnostic.h"

namespace wireproof {

// How somebody's program is given whose source file stands where a command is wanted: what compiles
// it, and what stands behind `--`. Empty where the first word is no source file by its name, or a
// file that can be executed as it is. Relative names are those of the working folder.
std::vector<Note> advise_start(const std::vector<std::string>& program);

}  // namespace wireproof
