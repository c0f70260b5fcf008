#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/options/argument_parser.h"

namespace wireproof {

struct LayoutOptions {
  std::string source;  // a format string or a sheet
  std::string name;    // of the sheet's layout
  bool as_lua = false;
  std::optional<std::uint16_t> port;  // of the dissector; none: the sheet's
};

// Prints a layout as a table, or as a dissector for Wireshark; the exit code. `parser` has read the
// options. Throws SystemError where the sheet cannot be read.
int print_layout(const ArgumentParser& parser, const LayoutOptions& options);

}  // namespace wireproof
