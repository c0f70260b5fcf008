#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/text/expected.h"
#include "expect/layout/layout.h"

namespace wireproof {

// Where Wireshark looks for the messages; none: only where its user says so ("Decode As").
struct DissectorPorts {
  std::optional<std::uint16_t> tcp;
  std::optional<std::uint16_t> udp;
};

// ProtoFields of one dissector: Wireshark keeps all of them while it runs.
constexpr std::size_t kMaxDissectorFields = 20'000;

// A dissector of messages of the layout as one Lua script, for Wireshark from 4.0 on. Its protocol
// is `wireproof_` with the layout's name, its fields have their paths below that: what is not a
// lower-case letter or a digit is `_`. The error is a sentence: why there can be none.
Expected<std::string, std::string> render_dissector(const Layout& layout, const LayoutSet& layouts,
                                                    const DissectorPorts& ports);

}  // namespace wireproof
