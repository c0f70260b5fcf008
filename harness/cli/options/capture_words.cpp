#include "cli/options/capture_words.h"

#include <fmt/format.h>

#include "base/text/bytes.h"
#include "cli/options/command_line.h"

namespace wireproof {

std::string render_damage(const std::string& file, const CaptureDamage& damage) {
  const std::string name = escape_control(file);
  const std::string reason = escape_control(damage.reason);
  switch (damage.kind) {
    case CaptureDamage::Kind::damaged:
      return fmt::format("{} is damaged at offset {}: {}", name, damage.offset, reason);
    case CaptureDamage::Kind::unsupported:
      return fmt::format("{} is read up to offset {}: {} is not supported", name, damage.offset,
                         reason);
  }
  return {};
}

void print_unread(const std::string& file, const UnreadPackets& unread) {
  if (!unread.any()) return;
  print_error(fmt::format("{}: {}: {}\n", unread.all() ? "error" : "note", escape_control(file),
                          unread.render()));
}

}  // namespace wireproof
