#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/options/output.h"
#include "cli/options/selection.h"
#include "packets/wire/unread.h"

namespace wireproof {

struct CheckOptions {
  SelectionOptions sheet;  // one path
  ReportOptions reports;
  OutputOptions output;
  std::string scenario;
  std::string capture;
  std::optional<std::uint16_t> port;
  bool strict = false;
  bool all = false;   // each connection on its own
  std::string again;  // the command line as it was given
};

// How far a capture file was read.
struct FileReading {
  std::optional<CaptureDamage> damage;
  UnreadPackets unread;
  bool left_out = false;  // it holds more than is judged
  bool is_empty = false;
};

// Why nothing can be known of what the capture does not hold.
void add_file_faults(const FileReading& reading, Soundness& soundness);
// What is to be said of that on standard error, besides what is not supported.
void print_file_faults(const FileReading& reading, const CheckOptions& options, std::uint16_t port);

}  // namespace wireproof
