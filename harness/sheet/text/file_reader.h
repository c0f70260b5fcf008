#pragma once

#include <functional>
#include <string>

#include "base/text/bytes.h"
#include "base/text/expected.h"

namespace wireproof {

// Gives the bytes of a file that a sheet names; the error is a sentence.
using FileReader = std::function<Expected<Bytes, std::string>(const std::string& path)>;

}  // namespace wireproof
