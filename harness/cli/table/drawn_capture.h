#pragma once

#include <string>
#include <vector>

#include "packets/wire/packet.h"
#include "report/trace_report.h"

namespace wireproof {

// A capture as a page or as a sequence diagram, with the calls that its packets let infer. `shown`
// has an entry for each packet. The ends are addresses, with ports where both are on one host.
std::string draw_capture(PacketStore packets, const std::vector<bool>& shown, TraceFormat format);

}  // namespace wireproof
