#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "expect/cause/cause.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

// The causes of all packets, by capture index.
using CauseMap = std::map<std::size_t, Cause>;
CauseMap join_causes(const Conversations& conversations, const std::vector<SocketCall>& calls);

}  // namespace wireproof
