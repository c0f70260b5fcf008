#include "cli/check/check_options.h"

#include <fmt/format.h>

namespace wireproof {

void add_file_faults(const FileReading& reading, Soundness& soundness) {
  if (reading.damage) {
    soundness.faults.push_back(
        reading.damage->kind == CaptureDamage::Kind::damaged
            ? fmt::format("the file is damaged at offset {}", reading.damage->offset)
            : reading.damage->reason + " is not supported");
  }
  if (reading.left_out) {
    soundness.faults.emplace_back("the file holds more packets than are judged");
  }
  if (reading.unread.all()) soundness.faults.push_back(reading.unread.render());
  if (reading.is_empty && soundness.faults.empty()) {
    soundness.faults.emplace_back("the file holds no packets");
  }
}

void print_file_faults(const FileReading& reading, const CheckOptions& options,
                       std::uint16_t port) {
  if (reading.damage) {
    print_error(fmt::format(
        "error: {}\n  = {} packets before it were read; what the rest held cannot be known\n",
        render_damage(options.capture, *reading.damage), reading.damage->packets_before));
  }
  if (reading.left_out) {
    print_too_large(options.capture,
                    options.all ? "`check` keeps of open connections" : "`check` reads",
                    "keep those of the server", fmt::format("port {}", port));
  }
}

}  // namespace wireproof
