#pragma once

#include <string>

#include "expect/payload/payload.h"

namespace wireproof {

// A message as a sheet writes it: `"abc" hex 01 02`, `request id=1 op="SUM" numbers=[1, 2]`.
std::string render_message_script(const Message& message);

}  // namespace wireproof
