#pragma once

#include <cstdint>
#include <optional>

#include "base/text/time.h"
#include "judge/traffic/traffic.h"

namespace wireproof {

// The payload that arrived, each byte of a stream once however often it was sent: of TCP what was
// acknowledged, of UDP the datagrams that the path neither lost nor corrupted.
struct Goodput {
  std::uint64_t bytes = 0;
  Duration lasted{};  // from the first packet with payload to the last of these
  std::size_t first = 0;
  std::size_t last = 0;  // the packets, as indexes into the capture

  // In bits per second; `lasted` is above 0.
  double rate() const;
  bool operator==(const Goodput&) const = default;
};

// Of all conversations of a session's actors, both directions. Nothing where no payload arrived, or
// all of it in no time.
std::optional<Goodput> find_goodput(const Traffic& traffic);

}  // namespace wireproof
