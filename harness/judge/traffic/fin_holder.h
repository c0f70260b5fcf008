#pragma once

#include <optional>
#include <string>
#include <vector>

#include "judge/traffic/evidence.h"

namespace wireproof {

// Who keeps the server's end of a connection open that another process has served: one below the
// server's, which has it no longer; or the server's own alone, where those that it started for
// clients have ended.
std::optional<SocketHolder> find_fin_holder(const std::vector<SocketHolder>& holders,
                                            const Endpoint& client);
// Why such a connection has no FIN.
std::string held_words(const SocketHolder& holder);

}  // namespace wireproof
