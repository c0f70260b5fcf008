#pragma once

#include <string>

#include "servers/protocols/server_info.h"

namespace wireproof {

// `prefix`: what an echo server puts before each answer; its own words, or any others.
ServerParameter prefix_parameter(const std::string& own);

}  // namespace wireproof
