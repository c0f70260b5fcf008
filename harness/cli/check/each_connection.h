#pragma once

#include <cstdint>

#include "cli/check/check_options.h"

namespace wireproof {

// `check --all`: each connection of the capture to that port against the sheet, which is about one
// (refuse_each_connection). The exit code.
int check_each_connection(const Sheet& sheet, const CheckOptions& options, std::uint16_t port,
                          ReportFiles& reports);

}  // namespace wireproof
