#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "packets/wire/packet_fate.h"

namespace wireproof {

// How a pcapng file says what a path did with its packets: their interface has this name, and the
// comment of each that did not arrive as it was sent begins with a line `fate: lost on the path`.
constexpr std::string_view kPathInterface = "wireproof path";

// Such a line, without its end; empty: it arrived.
std::string render_fate_line(PacketFate fate);

// What a comment says, `arrived` where it does not begin with such a line; nothing: its words are
// not known.
std::optional<PacketFate> read_fate_line(std::string_view comment);

}  // namespace wireproof
