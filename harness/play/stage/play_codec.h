#pragma once

#include <string>
#include <string_view>

#include "play/run_options.h"

namespace wireproof {

// A play as text, from the main process to a stage that was forked from it. The sheet stays where
// it is: the stage has what the main process had, at the same addresses, so that only the address
// travels. The text means nothing to any other process.
std::string write_play(const Play& play);
Play read_play(std::string_view text);

}  // namespace wireproof
