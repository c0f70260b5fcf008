#include "packets/capture/fate_comment.h"

namespace wireproof {
namespace {

constexpr std::string_view kKey = "fate: ";

}  // namespace

std::string render_fate_line(PacketFate fate) {
  const std::string_view words = render_fate(fate);
  return words.empty() ? std::string() : std::string(kKey).append(words);
}

std::optional<PacketFate> read_fate_line(std::string_view comment) {
  if (!comment.starts_with(kKey)) return PacketFate::arrived;
  const std::string_view line = comment.substr(0, comment.find('\n'));
  return parse_fate(line.substr(kKey.size()));
}

}  // namespace wireproof
